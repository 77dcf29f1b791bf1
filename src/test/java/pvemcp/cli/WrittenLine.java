package pvemcp.cli;

import java.util.List;
import picocli.CommandLine.MissingParameterException;

/// A line of our command as the project's pages write it, from the word behind `pve-mcp` on.
public record WrittenLine(List<String> words) {
    public static WrittenLine of(String line) {
        return new WrittenLine(Words.split(line));
    }

    /// Takes the line apart without carrying it out; what is wrong is thrown, as a person would be told.
    public void understood(Host host, Console console) {
        try {
            new Commands(host, console).parsed(words);
        } catch (MissingParameterException _) {
            // A page that names a command leaves out what it takes.
            return;
        }
        var call = call();
        if (call.isEmpty()) {
            return;
        }
        ToolNames.find(call)
                .map(WrittenCall::new)
                .orElseThrow(() -> new AssertionError("no tool in: " + call))
                .understood();
    }

    /// What is said of a tool and its arguments, if the line is about one.
    private List<String> call() {
        if (words.getFirst().equals("call")) {
            return words.subList(1, words.size());
        }
        return words.size() == 3 && words.subList(0, 2).equals(List.of("policy", "check"))
                ? Words.split(words.getLast())
                : List.of();
    }
}

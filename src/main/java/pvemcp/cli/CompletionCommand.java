package pvemcp.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.text.Nearest;

/// `pve-mcp completion bash|zsh|fish`: the script a shell completes command lines with. The script itself knows only
/// the first words; what follows, up to the names of guests, nodes and storages, it asks `pve-mcp __complete` for.
final class CompletionCommand implements Command {
    private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

    private final Commands commands;
    private final Console console;

    CompletionCommand(Commands commands, Console console) {
        this.commands = commands;
        this.console = console;
    }

    @Override
    public String name() {
        return "completion";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(
                name(),
                "Print the completion script of a shell.",
                "bash: source <(pve-mcp completion bash)",
                "zsh:  source <(pve-mcp completion zsh)",
                "fish: pve-mcp completion fish | source");
        spec.addPositional(Command.parameter("SHELL", "0", "1", "bash, zsh or fish.", SHELLS));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        String shell = parsed.matchedPositionalValue(0, "");
        var names = new ArrayList<>(commands.names());
        names.add("help");
        var nouns = new ArrayList<>(ToolNames.nouns());
        nouns.removeAll(names);
        var script = switch (shell) {
            case "bash" -> BASH;
            case "zsh" -> ZSH;
            case "fish" -> FISH;
            default ->
                throw new UsageException("there is no completion for '%s'%s: there are bash, zsh and fish"
                        .formatted(shell, Nearest.hint(shell, SHELLS)));
        };
        console.out()
                .print(script.replace("COMMANDS", String.join(" ", names)).replace("TOOLS", String.join(" ", nouns)));
        return Exit.OK;
    }

    // ':' and '=' part words in bash, so what it has cut is put together again and the answer is cut the same way.
    private static final String BASH = """
            _pve_mcp() {
              local line=${COMP_LINE:0:COMP_POINT} word words cut
              read -ra words <<<"$line"
              [[ $line == *' ' ]] && words+=('')
              word=${words[-1]}
              if (( ${#words[@]} == 2 )) && [[ $word != *[_-]* ]]; then
                COMPREPLY=($(compgen -W 'COMMANDS TOOLS' -- "$word"))
                return
              fi
              if [[ ${words[-2]} == --@(file|key|state|secret-file) ]]; then
                compopt -o default
                return
              fi
              local IFS=$'\\n'
              COMPREPLY=($("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null))
              cut=${word%"${word##*[:=]}"}
              [[ $cut ]] && COMPREPLY=("${COMPREPLY[@]#"$cut"}")
              [[ ${COMPREPLY[0]} == *[=/] ]] && compopt -o nospace
            }
            complete -F _pve_mcp pve-mcp ./pve-mcp
            """;

    private static final String ZSH = """
            #compdef pve-mcp
            _pve_mcp() {
              local -a found
              if (( CURRENT == 2 )) && [[ ${words[2]} != *[_-]* ]]; then
                found=(COMMANDS TOOLS)
              elif [[ ${words[CURRENT-1]} == --(file|key|state|secret-file) ]]; then
                _files
                return
              else
                found=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
              fi
              local -a open=(${(M)found:#*[=/]}) whole=(${found:#*[=/]})
              compadd -S '' -a open
              compadd -a whole
            }
            (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
            compdef _pve_mcp pve-mcp
            """;

    private static final String FISH = """
            function __pve_mcp_candidates
                set -l words (commandline -opc) (commandline -ct)
                $words[1] __complete -- $words[2..] 2>/dev/null
            end
            complete -c pve-mcp -f
            complete -c pve-mcp -n 'test (count (commandline -opc)) -eq 1' -a 'COMMANDS TOOLS'
            complete -c pve-mcp -n 'test (count (commandline -opc)) -gt 1' -a '(__pve_mcp_candidates)'
            """;
}

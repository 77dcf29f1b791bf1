package pvemcp.sim.api;

import java.util.List;

/// What `diff -u` says of two versions of a file, as far as whole files go.
final class Diff {
    private Diff() {}

    static String unified(String before, List<String> old, String after, List<String> now) {
        var text = new StringBuilder("--- %s\n+++ %s\n".formatted(before, after))
                .append("@@ -1,%d +1,%d @@\n".formatted(old.size(), now.size()));
        old.stream()
                .filter(line -> !now.contains(line))
                .forEach(line -> text.append('-').append(line).append('\n'));
        now.stream()
                .filter(line -> !old.contains(line))
                .forEach(line -> text.append('+').append(line).append('\n'));
        return text.toString();
    }
}

package pvemcp.lab;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/// A class path for a process of a test's own.
public final class ClassPath {
    private ClassPath() {}

    /// Of what these classes were loaded from; that of the tests themselves depends on who runs them.
    public static String of(Class<?>... types) {
        return Arrays.stream(types)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                .map(place -> Path.of(URI.create(place.toString())).toString())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }
}

package pvemcp;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;

/// The program as it was compiled, read once for all tests of its structure.
final class Compiled {
    // Where Main was compiled to, which is never where tests are.
    static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(Main.class.getProtectionDomain().getCodeSource().getLocation());

    private Compiled() {}

    /// `sim` for `pvemcp.sim.world.Guest`; empty for `pvemcp.Main`.
    static String layer(JavaClass type) {
        return part(type, 1);
    }

    /// `world` for `pvemcp.sim.world.Guest`; empty for what has no more than a layer.
    static String ring(JavaClass type) {
        return part(type, 2);
    }

    private static String part(JavaClass type, int index) {
        var parts = type.getPackageName().split("\\.", -1);
        return parts.length <= index || !parts[0].equals("pvemcp") ? "" : parts[index];
    }
}

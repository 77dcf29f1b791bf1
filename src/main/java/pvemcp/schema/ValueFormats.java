package pvemcp.schema;

import java.util.Optional;

/// The formats that PVE checks by code rather than by declaration.
final class ValueFormats {
    private ValueFormats() {}

    /// What PVE says against the value, with the line feed it ends in; empty where it would take it.
    static Optional<String> complaint(String format, String value) {
        return Optional.empty();
    }
}

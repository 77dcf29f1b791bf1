package pvemcp.mcp;

import java.util.Optional;
import pvemcp.json.Json;

/// The revisions of the protocol spoken here, oldest first.
enum Revision {
    V2024_11_05("2024-11-05"),
    V2025_03_26("2025-03-26"),
    V2025_06_18("2025-06-18"),
    V2025_11_25("2025-11-25"),
    V2026_07_28("2026-07-28");

    /// The newest that opens with `initialize`.
    static final Revision LATEST_LEGACY = V2025_11_25;

    private final String date;

    Revision(String date) {
        this.date = date;
    }

    static Optional<Revision> of(String date) {
        for (var revision : values()) {
            if (revision.date.equals(date)) {
                return Optional.of(revision);
            }
        }
        return Optional.empty();
    }

    /// All of them, newest first, as a client is told.
    static Json.Arr supported() {
        return Json.arr(
                Json.str(V2026_07_28.date),
                Json.str(V2025_11_25.date),
                Json.str(V2025_06_18.date),
                Json.str(V2025_03_26.date),
                Json.str(V2024_11_05.date));
    }

    /// Stateless, every request with its own `_meta`.
    boolean modern() {
        return since(V2026_07_28);
    }

    boolean since(Revision first) {
        return compareTo(first) >= 0;
    }

    @Override
    public String toString() {
        return date;
    }
}

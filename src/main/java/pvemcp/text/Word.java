package pvemcp.text;

import java.util.Locale;

/// The word for a constant of an enum.
public final class Word {
    private Word() {}

    /// As configuration, inputs and answers write it, and mostly Proxmox VE's API as well: `POWER_OFF` is
    /// `power_off`.
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}

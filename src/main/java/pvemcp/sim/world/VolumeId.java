package pvemcp.sim.world;

import pvemcp.sim.SimError;

/// `storage:name`, the name of a volume in the whole cluster.
public record VolumeId(String storage, String name) {
    /// Whether the text is one, and neither a path nor `none`.
    public static boolean matches(String text) {
        int colon = text.indexOf(':');
        return colon > 0 && !text.startsWith("/") && colon < text.length() - 1;
    }

    /// PVE::Storage::parse_volume_id
    public static VolumeId parse(String text) {
        if (!matches(text)) {
            throw new SimError("unable to parse volume ID '%s'".formatted(text));
        }
        int colon = text.indexOf(':');
        return new VolumeId(text.substring(0, colon), text.substring(colon + 1));
    }

    @Override
    public String toString() {
        return storage + ":" + name;
    }
}

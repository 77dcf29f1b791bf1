package pvemcp.sim.world;

import java.time.Instant;
import pvemcp.sim.state.Form;

/// A file or folder in a toy host.
///
/// @param mode octal, such as `644`
public record ToyFile(boolean folder, byte[] bytes, String owner, String mode, Instant modified) {
    static final Form<ToyFile> FORM = Form.value(
            folder(Instant.EPOCH),
            (fields, file) -> new ToyFile(
                    fields.flag("folder", file.folder),
                    fields.value("bytes", file.bytes, Form.BYTES),
                    fields.text("owner", file.owner),
                    fields.text("mode", file.mode),
                    fields.moment("modified", file.modified)));

    static ToyFile folder(Instant at) {
        return new ToyFile(true, new byte[0], "root", "755", at);
    }

    static ToyFile of(byte[] bytes, Instant at) {
        return new ToyFile(false, bytes, "root", "644", at);
    }

    /// With another content, of the same owner and mode.
    ToyFile holding(byte[] content, Instant at) {
        return new ToyFile(folder, content, owner, mode, at);
    }

    public ToyFile withMode(String other) {
        return new ToyFile(folder, bytes, owner, other, modified);
    }
}

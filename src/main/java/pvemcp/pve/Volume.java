package pvemcp.pve;

import java.time.Instant;
import java.util.Optional;
import pvemcp.json.Json;

/// A disk, image, template or backup on a storage.
///
/// @param volid its name in the cluster, such as `local:iso/debian.iso`
/// @param content what it is: `images`, `rootdir`, `iso`, `vztmpl`, `backup`, `snippets`, `import`
/// @param vmid the guest it belongs to
/// @param used what it takes of the storage, where that is known and differs from its size
/// @param rest what else PVE says of it
public record Volume(
        String volid,
        String content,
        String format,
        Optional<Long> vmid,
        Optional<Bytes> size,
        Optional<Bytes> used,
        Optional<Instant> created,
        boolean isProtected,
        String notes,
        Json.Obj rest) {
    static Volume from(Fields f) {
        return new Volume(
                f.text("volid"),
                f.text("content"),
                f.text("format"),
                f.whole("vmid"),
                f.bytes("size"),
                f.bytes("used"),
                f.moment("ctime"),
                f.flag("protected"),
                f.text("notes").strip(),
                f.rest());
    }
}

package pvemcp.sim.api;

import pvemcp.sim.state.Form;

/// A file that came with a request. Its bytes are counted, not kept.
///
/// @param name what the client calls it
/// @param digest of its bytes in hexadecimal; empty where the client named no algorithm
public record Posted(String name, long size, String digest) {
    static final Form<Posted> FORM = Form.value(
            new Posted("", 0, ""),
            (fields, file) -> new Posted(
                    fields.text("name", file.name),
                    fields.whole("size", file.size),
                    fields.text("digest", file.digest)));
}

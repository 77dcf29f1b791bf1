package pvemcp.tools.inside;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import pvemcp.pve.GuestRef;
import pvemcp.remote.Way;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// The whole new content of a file inside a guest.
record FileWrite(
        @Doc GuestRef guest,

        @Doc(value = "Absolute path in the guest", exact = true)
        String path,

        @Doc(value = "The whole new content", exact = true) String content,

        @Doc(value = "The content is Base64", or = "false", obvious = true)
        boolean base64,

        @Doc(value = "How to get in", or = "auto", obvious = true)
        Way via)
        implements Call<FileWrite.Written>, OnGuest {
    record Written(String outcome, String path, int bytes) {}

    @Override
    public Written run(ToolContext ctx) {
        var bytes = bytes();
        var found = ctx.pve().guest(guest);
        ctx.shells().files(ctx.pve(), found, via, Limits.FILES).write(GuestPath.absolute(path), bytes);
        return new Written("written", Clean.oneLine(path), bytes.length);
    }

    private byte[] bytes() {
        if (!base64) {
            return content.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getMimeDecoder().decode(content);
        } catch (IllegalArgumentException e) {
            throw new BadArguments(List.of("argument 'content': not Base64: " + e.getMessage()));
        }
    }
}

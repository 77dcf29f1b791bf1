package pvemcp.remote;

import java.util.Arrays;
import java.util.Base64;
import pvemcp.json.Json;
import pvemcp.pve.Guest;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;

/// Files through the QEMU guest agent, whose own calls read and write them even where it may not run programs. What
/// they cannot do (look into folders, join parts) goes through its shell.
final class AgentFiles implements GuestFiles {
    /// PVE::API2::Qemu::Agent, $MAX_READ_SIZE.
    private static final int READ_LIMIT = 16 << 20;

    /// `content` of file-write may have 60 KiB characters, counted after base64.
    private static final int WRITE_LIMIT = 60 * 1024 / 4 * 3;

    private final Agent agent;
    private final Shell shell;
    private final RunLimits limits;

    public AgentFiles(Guest vm, Shell shell, RunLimits limits) {
        this.agent = new Agent(vm);
        this.shell = shell;
        this.limits = limits;
    }

    @Override
    public Part read(String path, long offset, int limit) {
        GuestFiles.requireAbsolute(path);
        // Servers before PVE 9 know no offset, so the whole file is read here and cut on this side.
        var answer = agent.read("/file-read", Json.obj("file", path));
        var bytes = AgentShell.bytes(answer.text("content").orElse(""));
        boolean cut = answer.flag("truncated").orElse(false) || bytes.length >= READ_LIMIT;
        if (offset >= bytes.length) {
            if (cut && offset > 0) {
                throw new PveException(new PveFault.InGuest("size", "the agent reads only the first 16 MiB of a file"));
            }
            return new Part(new byte[0], false);
        }
        int from = (int) offset;
        int to = (int) Math.min(bytes.length, offset + limit);
        return new Part(Arrays.copyOfRange(bytes, from, to), to < bytes.length || cut);
    }

    @Override
    public void write(String path, byte[] content) {
        GuestFiles.requireAbsolute(path);
        if (content.length <= WRITE_LIMIT) {
            writePart(path, content);
            return;
        }
        // file-write always starts a file anew, so a long one is written in parts and joined by the guest.
        int parts = (content.length + WRITE_LIMIT - 1) / WRITE_LIMIT;
        for (int i = 0; i < parts; i++) {
            int from = i * WRITE_LIMIT;
            writePart(part(path, i), Arrays.copyOfRange(content, from, Math.min(content.length, from + WRITE_LIMIT)));
        }
        var join = "i=0; : > \"$1.pve-mcp.new\"; while [ \"$i\" -lt \"$2\" ]; do "
                + "cat -- \"$1.pve-mcp.$i\" >> \"$1.pve-mcp.new\" && rm -f -- \"$1.pve-mcp.$i\" || exit; i=$((i+1)); done; "
                + "if [ -e \"$1\" ]; then cat \"$1.pve-mcp.new\" > \"$1\" && rm -f -- \"$1.pve-mcp.new\"; "
                + "else mv -f -- \"$1.pve-mcp.new\" \"$1\"; fi";
        var output = shell.run(Command.script(join, path, Integer.toString(parts)), limits);
        if (!output.succeeded()) {
            throw new PveException(new PveFault.InGuest(
                    "write",
                    "the file's %d parts are in %s… but could not be joined: %s"
                            .formatted(parts, part(path, 0), output.err().strip())));
        }
    }

    private static String part(String path, int index) {
        return path + ".pve-mcp." + index;
    }

    private void writePart(String path, byte[] content) {
        // With encode=1, PVE spoils or refuses what is not ASCII (PVE::API2::Qemu::Agent): so base64 is made here.
        var text = Base64.getEncoder().encodeToString(content);
        agent.send(Verb.POST, "/file-write", Json.obj("file", path, "content", text, "encode", false));
    }

    @Override
    public Stat stat(String path) {
        return new ShellFiles(shell, limits).stat(path);
    }

    @Override
    public Listing list(String path, int limit) {
        return new ShellFiles(shell, limits).list(path, limit);
    }
}

package pvemcp.tools.inside;

import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.operate;
import static pvemcp.tool.Tool.read;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Percent;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Secret;
import pvemcp.pve.Verb;
import pvemcp.remote.Agent;
import pvemcp.remote.AgentShell;
import pvemcp.remote.Command;
import pvemcp.remote.GuestFiles;
import pvemcp.remote.Output;
import pvemcp.remote.RunLimits;
import pvemcp.remote.Shell;
import pvemcp.remote.Way;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// The inside of guests: programs, files, services, and what the guest says about itself. A VM is entered by its QEMU
/// guest agent or over SSH, a container over SSH to the node that runs it. All that comes out is untrusted.
public final class InsideTools {
    public static final Toolset INSIDE = Toolset.of(
            "inside",
            "Inside guests",
            execute("pve_guest_exec", """
                    Run a program inside a guest and wait for its end. Needs shell=true for pipes and variables.""", Exec.class),
            execute("pve_guest_file_read", """
                    Read a file inside a guest, or a part of it.""", FileRead.class),
            execute("pve_guest_file_write", """
                    Write a whole file inside a guest. Owner and mode stay.""", FileWrite.class),
            execute("pve_guest_file_list", """
                    List a folder inside a guest, or show one file.""", FileList.class),
            execute("pve_guest_service", """
                    Show, start, stop or restart a service inside a guest.""", Service.class),
            execute("pve_guest_password", """
                    Set a user's password inside a guest, to a secret the owner keeps in a file.""", Password.class),
            execute("pve_guest_console", """
                    Open a guest's console for the user, by a ticket in a file on this machine.""", ConsoleTools.GuestConsole.class),
            execute("pve_guest_screenshot", """
                    Show a running VM's display as a picture.""", ConsoleTools.GuestScreenshot.class),
            read("pve_guest_info", """
                    Show a running guest's OS, addresses, file systems, users. VMs need their agent.""", Info.class),
            operate("pve_guest_agent", """
                    Ask a VM's agent to freeze, thaw or trim file systems, sleep or shut down.""", AgentCall.class));

    private InsideTools() {}

    /// How long the tools that read and write files let a command take.
    private static final RunLimits FILES = new RunLimits(Duration.ofSeconds(30), 4 << 20);

    // Clients give a call about a minute.
    private static final Duration LONGEST = Duration.ofSeconds(50);

    record Exec(
            @Doc GuestRef guest,

            @Doc("Program and arguments, or a script") List<String> command,

            @Doc(value = "Run by the guest's sh", or = "false", obvious = true)
            boolean shell,

            @Doc(value = "What it reads on standard input", exact = true)
            Optional<String> stdin,

            @Doc(value = "At most 50s", or = "30s") Duration timeout,

            @Doc(value = "Bytes of output", or = "16000", min = 1, max = 1_000_000, obvious = true)
            int limit,

            @Doc(value = "How to get in", or = "auto", obvious = true)
            Way via)
            implements Call<Exec.Ran>, OnGuest {
        /// @param cut what of the output was left out
        /// @param process what may still be running
        record Ran(
                String outcome,
                Optional<Integer> exit,
                String via,
                String cut,
                String process,
                List<View> output,
                String next) {}

        @Override
        public Ran run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            var way = ctx.shells().shell(ctx.pve(), found, via);
            var time = timeout.compareTo(LONGEST) < 0 ? timeout : LONGEST;
            ctx.checkCancelled();
            var output = way.run(asked(), new RunLimits(time, limit));
            return new Ran(
                    outcome(output, time),
                    boxed(output.exit()),
                    Clean.oneLine(way.way()),
                    cut(output),
                    output.ending() == Output.Ending.TIMED_OUT ? Clean.name(output.process()) : "",
                    quotes(found, output),
                    next(output));
        }

        private Command asked() {
            if (command.isEmpty() || command.getFirst().isEmpty()) {
                throw new BadArguments(List.of("argument 'command': names no program; such as [\"uptime\"]"));
            }
            var words = new ArrayList<String>();
            if (shell) {
                words.addAll(List.of("sh", "-c", command.getFirst(), "sh"));
                words.addAll(command.subList(1, command.size()));
            } else {
                words.addAll(command);
            }
            if (!shell && command.size() == 1 && command.getFirst().contains(" ")) {
                throw new BadArguments(List.of(
                        "argument 'command': '%s' would be one program's name; give the words apart, or shell=true"
                                .formatted(Clean.name(command.getFirst()))));
            }
            var input = stdin.orElse("").getBytes(StandardCharsets.UTF_8);
            return new Command(words, input);
        }

        private static String outcome(Output output, Duration time) {
            return switch (output.ending()) {
                case EXITED -> output.succeeded() ? "done" : "failed";
                case SIGNALLED -> "ended by a signal";
                case TIMED_OUT -> "still running after %d s".formatted(time.toSeconds());
            };
        }

        private static String cut(Output output) {
            var parts = new ArrayList<String>();
            if (output.outCut() > 0) {
                parts.add("%d bytes or more of stdout".formatted(output.outCut()));
            }
            if (output.errCut() > 0) {
                parts.add("%d bytes or more of stderr".formatted(output.errCut()));
            }
            return String.join(", ", parts);
        }

        private static String next(Output output) {
            if (output.ending() == Output.Ending.TIMED_OUT) {
                return "it was not stopped; start what takes long in the background, with its output in a file";
            }
            return output.truncated() ? "a greater limit, or a command that prints less" : "";
        }
    }

    /// The outputs of a command, each where it said something.
    private static List<View> quotes(Guest guest, Output output) {
        var views = new ArrayList<View>();
        quote(views, "stdout of guest " + guest.vmid(), output.out());
        quote(views, "stderr of guest " + guest.vmid(), output.err());
        return views;
    }

    private static void quote(List<View> views, String source, String text) {
        if (!text.isEmpty()) {
            views.add(new View.Log(source, lines(text)));
        }
    }

    private static List<String> lines(String text) {
        return text.lines().map(Clean::line).toList();
    }

    private static Optional<Integer> boxed(OptionalInt exit) {
        return exit.isPresent() ? Optional.of(exit.getAsInt()) : Optional.empty();
    }

    record FileRead(
            @Doc GuestRef guest,

            @Doc(value = "Absolute path in the guest", exact = true)
            String path,

            @Doc(value = "First byte, from 0", or = "0", min = 0, obvious = true)
            long offset,

            @Doc(value = "Bytes at most", or = "16000", min = 1, max = 1_000_000, obvious = true)
            int limit,

            @Doc(value = "Answer in Base64, for what is no text", or = "false", obvious = true)
            boolean base64,

            @Doc(value = "How to get in", or = "auto", obvious = true)
            Way via)
            implements Call<FileRead.Content>, OnGuest {
        record Content(
                String path, long offset, int bytes, boolean more, String base64, List<View> text, String next) {}

        @Override
        public Content run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            var part = ctx.shells().files(ctx.pve(), found, via, FILES).read(absolute(path), offset, limit);
            var bytes = part.bytes();
            var text = base64 ? Optional.<String>empty() : text(bytes, part.more());
            var next = part.more() ? "offset=" + (offset + bytes.length) : "";
            if (text.isEmpty()) {
                return new Content(
                        Clean.oneLine(path),
                        offset,
                        bytes.length,
                        part.more(),
                        base64 ? Base64.getEncoder().encodeToString(bytes) : "",
                        List.of(),
                        base64 ? next : "these bytes are no UTF-8 text; base64=true gives them as they are");
            }
            var lines = lines(text.get());
            boolean longLines = text.get().lines().anyMatch(line -> line.length() > 1_000);
            var quoted = new View.Log("file of guest " + found.vmid(), lines);
            return new Content(
                    Clean.oneLine(path),
                    offset,
                    bytes.length,
                    part.more(),
                    "",
                    lines.isEmpty() ? List.of() : List.of(quoted),
                    longLines && next.isEmpty() ? "lines over 1,024 characters are cut; base64=true is exact" : next);
        }

        /// The text that the bytes are. A character that the end of the part cuts in two does not count.
        private static Optional<String> text(byte[] bytes, boolean more) {
            for (int cut = 0; cut <= (more ? 3 : 0) && cut <= bytes.length; cut++) {
                try {
                    var text = StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes, 0, bytes.length - cut))
                            .toString();
                    return text.indexOf('\0') >= 0 ? Optional.empty() : Optional.of(text);
                } catch (CharacterCodingException _) {
                    // One byte less may be whole characters.
                }
            }
            return Optional.empty();
        }
    }

    record FileWrite(
            @Doc GuestRef guest,

            @Doc(value = "Absolute path in the guest", exact = true)
            String path,

            @Doc(value = "The whole new content", exact = true)
            String content,

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
            ctx.shells().files(ctx.pve(), found, via, FILES).write(absolute(path), bytes);
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

    record FileList(
            @Doc GuestRef guest,

            @Doc(value = "Absolute path of a folder or file", exact = true)
            String path,

            @Doc(value = "Entries at most", or = "100", min = 1, max = 2_000, obvious = true)
            int limit,

            @Doc(value = "How to get in", or = "auto", obvious = true)
            Way via)
            implements Call<FileList.Folder>, OnGuest {
        record Row(String name, String kind, Bytes size, String owner, String mode, Instant modified) {
            static Row of(String name, GuestFiles.Stat stat) {
                return new Row(
                        Clean.name(name),
                        Clean.name(stat.kind()),
                        new Bytes(stat.size()),
                        Clean.name(stat.owner() + ":" + stat.group()),
                        Clean.name(stat.mode()),
                        stat.modified());
            }
        }

        record Folder(String path, String shown, List<Row> entries) {}

        @Override
        public Folder run(ToolContext ctx) {
            var files = ctx.shells().files(ctx.pve(), ctx.pve().guest(guest), via, FILES);
            var stat = files.stat(absolute(path));
            var plain = Clean.oneLine(path);
            if (!stat.kind().equals("directory")) {
                return new Folder(plain, "the file itself", List.of(Row.of(path, stat)));
            }
            var listing = files.list(path, limit);
            var rows = listing.entries().stream()
                    .map(entry -> Row.of(entry.name(), entry.stat()))
                    .toList();
            var shown = listing.more()
                    ? "the first %d entries; limit shows more".formatted(rows.size())
                    : "all %d entries".formatted(rows.size());
            return new Folder(plain, shown, rows);
        }
    }

    private static String absolute(String path) {
        try {
            return GuestFiles.requireAbsolute(path);
        } catch (IllegalArgumentException e) {
            throw new BadArguments(List.of("argument 'path': " + Clean.oneLine(e.getMessage())));
        }
    }

    enum ServiceAction {
        STATUS,
        START,
        STOP,
        RESTART
    }

    record Service(
            @Doc GuestRef guest,

            @Doc(value = "Service, such as nginx", obvious = true)
            String service,

            @Doc(value = "What to do", or = "status", obvious = true)
            ServiceAction action,

            @Doc(value = "How to get in", or = "auto", obvious = true)
            Way via)
            implements Call<Service.Unit>, OnGuest {
        /// @param state such as `active (running)`; empty where the guest's init only speaks by exit status
        record Unit(
                String service,
                String state,
                String atBoot,
                String description,
                Optional<Integer> exit,
                String via,
                List<View> output) {}

        // systemd answers with names and values; OpenRC and init scripts with an exit status and words of their own.
        private static final String SCRIPT = "if command -v systemctl >/dev/null 2>&1; then "
                + "if [ \"$1\" != status ]; then systemctl \"$1\" -- \"$2\" || exit; fi; "
                + "systemctl show --no-pager --property=Id,Description,LoadState,ActiveState,SubState,UnitFileState -- \"$2\"; "
                + "elif command -v rc-service >/dev/null 2>&1; then rc-service \"$2\" \"$1\"; "
                + "else service \"$2\" \"$1\"; fi";

        @Override
        public Unit run(ToolContext ctx) {
            // systemd.unit(5): what a unit's name may have; a leading dash would be an option.
            if (!service.matches("[A-Za-z0-9@_][A-Za-z0-9:_.\\\\@-]{0,254}")) {
                throw new BadArguments(
                        List.of("argument 'service': '%s' is no service's name; such as nginx or getty@tty1"
                                .formatted(Clean.name(service))));
            }
            var found = ctx.pve().guest(guest);
            var way = ctx.shells().shell(ctx.pve(), found, via);
            var verb = Word.of(action);
            var output = way.run(Command.script(SCRIPT, verb, service), new RunLimits(LONGEST, 16_000));
            boolean systemd = output.succeeded() && output.out().contains("ActiveState=");
            return new Unit(
                    service,
                    systemd ? state(output.out()) : output.succeeded() ? "running or done" : "not running, or refused",
                    value(output.out(), "UnitFileState"),
                    value(output.out(), "Description"),
                    systemd ? Optional.empty() : boxed(output.exit()),
                    Clean.oneLine(way.way()),
                    systemd ? List.of() : quotes(found, output));
        }

        private static String state(String answer) {
            return value(answer, "LoadState").equals("not-found")
                    ? "no such service"
                    : "%s (%s)".formatted(value(answer, "ActiveState"), value(answer, "SubState"));
        }

        private static String value(String answer, String name) {
            return answer.lines()
                    .filter(line -> line.startsWith(name + "="))
                    .findFirst()
                    .map(line -> Clean.name(line.substring(name.length() + 1)))
                    .orElse("");
        }
    }

    record Password(
            @Doc GuestRef guest,

            @Doc(value = "User in the guest", or = "root", obvious = true)
            String user,

            @Doc("secret:FILE") String password,

            @Doc(value = "How to get in", or = "auto", obvious = true)
            Way via)
            implements Call<Password.Done>, OnGuest {
        record Done(String outcome, String guest, String user) {}

        // passwd(5): what a login name may have; Windows has blanks in it as well.
        private static final Pattern USER = Pattern.compile("[\\w][\\w. $-]{0,63}", Pattern.UNICODE_CHARACTER_CLASS);

        @Override
        public Done run(ToolContext ctx) {
            if (!USER.matcher(user).matches()) {
                throw new BadArguments(List.of("argument 'user': '%s' is no user's name".formatted(Clean.name(user))));
            }
            var secret = ctx.vault().named("password", password);
            var found = ctx.pve().guest(guest);
            var way = ctx.shells().shell(ctx.pve(), found, via);
            if (way instanceof AgentShell) {
                var params = Json.obj("username", user, "password", secret.reveal());
                new Agent(found).send(Verb.POST, "/set-user-password", params);
            } else {
                enter(way, secret);
            }
            return new Done("set", Clean.oneLine(found.toString()), user);
        }

        /// On standard input, where no list of processes shows it.
        private void enter(Shell way, Secret secret) {
            var line = (user + ":" + secret.reveal() + "\n").getBytes(StandardCharsets.UTF_8);
            var output = way.run(Command.of("chpasswd").reading(line), FILES);
            if (!output.succeeded()) {
                throw new PveException(new PveFault.InGuest("chpasswd", Clean.line(output.err())));
            }
        }
    }

    record Info(@Doc GuestRef guest) implements Call<Info.Self>, OnGuest {
        record FileSystem(
                String mount, String type, Optional<Bytes> used, Optional<Bytes> total, Optional<Percent> full) {}

        record Nic(String name, String mac, List<String> addresses) {}

        /// @param clock empty, as are the two below, where that is not told
        /// @param cpus how many of its CPUs are online
        /// @param memory how many of its memory blocks are
        record Self(
                String guest,
                String os,
                String kernel,
                String hostName,
                String timeZone,
                Optional<Instant> clock,
                String cpus,
                String memory,
                List<String> users,
                List<Nic> nics,
                List<FileSystem> fileSystems) {}

        @Override
        public Self run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            return found.kind() == GuestKind.VM ? vm(found) : container(found);
        }

        private static Self vm(Guest vm) {
            var agent = new Agent(vm);
            var os = Fields.of(result(agent, "/get-osinfo"));
            return new Self(
                    Clean.oneLine(vm.toString()),
                    Clean.name(os.maybe("pretty-name").orElse(os.text("name"))),
                    Clean.name(os.text("kernel-release")),
                    Clean.name(Fields.of(result(agent, "/get-host-name")).text("host-name")),
                    Clean.name(Fields.of(result(agent, "/get-timezone")).text("zone")),
                    clock(agent),
                    online("%d of %d online", told(agent, "/get-vcpus")),
                    memory(agent),
                    Fields.list(result(agent, "/get-users")).stream()
                            .map(user -> Clean.name(user.text("user")))
                            .toList(),
                    Fields.list(result(agent, "/network-get-interfaces")).stream()
                            .map(Info::nic)
                            .filter(nic -> !nic.name().equals("lo"))
                            .toList(),
                    Fields.list(result(agent, "/get-fsinfo")).stream()
                            .map(Info::fileSystem)
                            .toList());
        }

        /// In nanoseconds since 1970 (QEMU, qga/qapi-schema.json).
        private static Optional<Instant> clock(Agent agent) {
            return told(agent, "/get-time")
                    .scalarText()
                    .filter(text -> text.matches("\\d{10,18}|[1-8]\\d{18}"))
                    .map(text -> Instant.ofEpochSecond(Long.parseLong(text) / 1_000_000_000));
        }

        private static String memory(Agent agent) {
            var size = Fields.of(told(agent, "/get-memory-block-info")).bytes("size");
            return size.map(each -> online("%d of %d blocks of " + each + " online", told(agent, "/get-memory-blocks")))
                    .orElse("");
        }

        private static String online(String words, Json rows) {
            var all = Fields.list(rows);
            return all.isEmpty()
                    ? ""
                    : words.formatted(
                            all.stream().filter(row -> row.flag("online")).count(), all.size());
        }

        /// Not every system has these commands: Windows tells nothing of memory blocks.
        private static Json told(Agent agent, String command) {
            try {
                return result(agent, command);
            } catch (PveException _) {
                return Json.Obj.EMPTY;
            }
        }

        private static Json result(Agent agent, String command) {
            return agent.read(command, Json.Obj.EMPTY).get("result").orElse(Json.Obj.EMPTY);
        }

        private static Nic nic(Fields nic) {
            var addresses = Fields.list(nic.raw("ip-addresses")).stream()
                    .map(address -> Clean.name(address.text("ip-address") + "/" + address.text("prefix")))
                    .toList();
            return new Nic(Clean.name(nic.text("name")), Clean.name(nic.text("hardware-address")), addresses);
        }

        private static FileSystem fileSystem(Fields fs) {
            var used = fs.bytes("used-bytes");
            var total = fs.bytes("total-bytes").filter(size -> size.count() > 0);
            var full = used.isPresent() && total.isPresent()
                    ? Optional.of(new Percent(
                            (double) used.get().count() / total.get().count()))
                    : Optional.<Percent>empty();
            return new FileSystem(Clean.name(fs.text("mountpoint")), Clean.name(fs.text("type")), used, total, full);
        }

        /// What the node knows of a container; there is no agent in it.
        private static Self container(Guest container) {
            var config = container.config();
            var status = container.status();
            var nics = new ArrayList<Nic>();
            if (status.running()) {
                for (var nic : Fields.list(container.read("/interfaces", Json.Obj.EMPTY))) {
                    var addresses = new ArrayList<String>();
                    nic.maybe("inet").map(Clean::name).ifPresent(addresses::add);
                    nic.maybe("inet6").map(Clean::name).ifPresent(addresses::add);
                    if (!nic.text("name").equals("lo")) {
                        nics.add(new Nic(Clean.name(nic.text("name")), Clean.name(nic.text("hwaddr")), addresses));
                    }
                }
            }
            var disk = Fields.of(status.rest()).bytes("disk");
            var total = status.maxDisk().filter(size -> size.count() > 0);
            var full = disk.isPresent() && total.isPresent()
                    ? Optional.of(new Percent(
                            (double) disk.get().count() / total.get().count()))
                    : Optional.<Percent>empty();
            return new Self(
                    Clean.oneLine(container.toString()),
                    Clean.name(config.get("ostype").orElse("")),
                    "",
                    Clean.name(config.get("hostname").orElse("")),
                    Clean.name(config.get("timezone").orElse("")),
                    Optional.empty(),
                    "",
                    "",
                    List.of(),
                    nics,
                    List.of(new FileSystem(
                            "/", "", disk.filter(_ -> status.running()), total, full.filter(_ -> status.running()))));
        }
    }

    enum AgentAction {
        PING("ping"),
        FREEZE("fsfreeze-freeze"),
        THAW("fsfreeze-thaw"),
        FREEZE_STATUS("fsfreeze-status"),
        TRIM("fstrim"),
        SUSPEND_RAM("suspend-ram"),
        SUSPEND_DISK("suspend-disk"),
        SUSPEND_HYBRID("suspend-hybrid"),
        SHUTDOWN("shutdown");

        private final String command;

        AgentAction(String command) {
            this.command = command;
        }
    }

    record AgentCall(
            @Doc GuestRef guest,

            @Doc(value = "Frozen, it writes nothing until 'thaw'", obvious = true)
            AgentAction action)
            implements Call<AgentCall.Answered>, OnGuest {
        record Answered(String outcome, String guest, String next) {}

        @Override
        public Answered run(ToolContext ctx) {
            var vm = ctx.pve().guest(guest);
            if (vm.kind() != GuestKind.VM) {
                throw new BadArguments(List.of("argument 'guest': %s is a container, and those have no agent"
                        .formatted(Clean.oneLine(vm.toString()))));
            }
            var result = ask(new Agent(vm));
            return new Answered(outcome(result), Clean.oneLine(vm.toString()), next(result));
        }

        private Json ask(Agent agent) {
            return switch (action) {
                case SUSPEND_RAM, SUSPEND_DISK, SUSPEND_HYBRID -> {
                    agent.sleep("/" + action.command);
                    yield Json.Null.NULL;
                }
                case PING, FREEZE, THAW, FREEZE_STATUS, TRIM, SHUTDOWN ->
                    agent.send(Verb.POST, "/" + action.command, Json.Obj.EMPTY)
                            .get("result")
                            .orElse(Json.Null.NULL);
            };
        }

        private String outcome(Json result) {
            var count = result.scalarText().orElse("0");
            return switch (action) {
                case PING -> "the agent answers";
                case FREEZE -> "frozen: %s file systems".formatted(Clean.name(count));
                case THAW -> "thawed: %s file systems".formatted(Clean.name(count));
                case FREEZE_STATUS -> Clean.name(count);
                case TRIM -> trimmed(result);
                case SUSPEND_RAM, SUSPEND_DISK, SUSPEND_HYBRID -> "asked to sleep, and did not refuse";
                case SHUTDOWN -> "asked to shut down";
            };
        }

        private static String trimmed(Json result) {
            var paths = Fields.list(Fields.of(result).raw("paths"));
            long bytes = paths.stream()
                    .mapToLong(path -> path.whole("trimmed").orElse(0L))
                    .sum();
            return "trimmed %s on %d file systems".formatted(new Bytes(bytes), paths.size());
        }

        private String next(Json result) {
            boolean frozen = action == AgentAction.FREEZE
                    || (action == AgentAction.FREEZE_STATUS
                            && result.scalarText().orElse("").equals("frozen"));
            return switch (action) {
                case FREEZE, FREEZE_STATUS -> frozen ? "pve_guest_agent action=thaw, soon: writers inside wait" : "";
                case SUSPEND_RAM, SUSPEND_DISK, SUSPEND_HYBRID, SHUTDOWN -> "pve_guest_get shows when it is done";
                case PING, THAW, TRIM -> "";
            };
        }
    }
}

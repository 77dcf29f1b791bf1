package pvemcp.tools.guest;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.destroy;
import static pvemcp.tool.Tool.execute;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Secret;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Disks;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Passwords;
import pvemcp.tools.common.Places;
import pvemcp.tools.common.Tiers;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// How a guest is set up. Every change is sent with the digest of the configuration it was made for, and answered
/// with what it was, is, and will be after a restart.
public final class ConfigTools {
    public static final Toolset CONFIG = Toolset.of(
            "config",
            "Configuration of VMs and containers: options, disks, NICs, cloud-init",
            execute("pve_guest_set", """
                    Change a guest's configuration. Shows before and after, and what waits for a restart.""", GuestSet.class),
            change("pve_guest_notes", """
                    Write or extend a guest's notes.""", GuestNotes.class),
            change("pve_guest_nic", """
                    Add, change or remove a network card. A change keeps what is not named.""", GuestNic.class),
            change("pve_guest_disk", """
                    Add, attach, detach, enlarge or move a disk or mount point; insert or eject a CD.""", GuestDisk.class),
            destroy("pve_guest_disk_delete", """
                    Delete a disk or mount point with its data, attached or unused.""", DiskDelete.class),
            change("pve_guest_cloudinit", """
                    Set a VM's cloud-init user, keys and network. Read at its next start.""", GuestCloudInit.class),
            execute("pve_guest_cloudinit_dump", """
                    Show the cloud-init data a VM gets, without password hashes.""", CloudInitDump.class));

    private ConfigTools() {}

    record GuestSet(
            @Doc GuestRef guest,
            @Doc(value = "New name", obvious = true) Optional<String> name,
            @Doc(value = "CPU cores", obvious = true) Optional<Integer> cores,
            @Doc(value = "RAM", obvious = true) Optional<Bytes> memory,

            @Doc(value = "Start with the node", obvious = true)
            Optional<Boolean> onboot,

            @Doc(value = "Forbid deleting it and its disks", obvious = true)
            Optional<Boolean> protection,

            @Doc(value = "Expect the guest agent; VMs only", obvious = true)
            Optional<Boolean> agent,

            @Doc(value = "All its tags", obvious = true) List<String> tags,
            @Doc(value = "Tags to add", obvious = true) List<String> addTags,

            @Doc(value = "Tags to take away", obvious = true)
            List<String> removeTags,

            @Doc(value = "Boot order", obvious = true) List<String> boot,

            @Doc("Any other of PVE") Json.Obj options,

            @Doc(value = "Options to unset", obvious = true) List<String> delete,

            @Doc(value = "Pending changes to drop", obvious = true)
            List<String> revert,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Editing, Tiered {
        GuestSet {
            options = CloudInit.encoded(options);
        }

        @Override
        public Tier tier(ApiSchema schema) {
            return Tiers.ofChange(
                    schema, delete.isEmpty() ? options : options.with("delete", String.join(",", delete)));
        }

        @Override
        public void fill(Edit edit, ToolContext ctx) {
            var found = edit.guest();
            boolean vm = found.kind() == GuestKind.VM;
            if (!vm && (agent.isPresent() || !boot.isEmpty())) {
                throw new BadArguments(
                        List.of("arguments 'agent', 'boot': %s is a container, only VMs have them".formatted(found)));
            }
            edit.set(vm ? "name" : "hostname", name)
                    .set("cores", cores)
                    .set("memory", memory.map(Sizes::mebi))
                    .set("onboot", onboot)
                    .set("protection", protection)
                    .set("agent", agent);
            if (!boot.isEmpty()) {
                edit.set("boot", "order=" + String.join(";", boot));
            }
            if (!tags.isEmpty() || !addTags.isEmpty() || !removeTags.isEmpty()) {
                tags(edit, found.tags());
            }
            Passwords.filled(ctx, options)
                    .members()
                    .forEach((option, value) -> edit.set(
                            option,
                            value instanceof Json.Bool(var flag)
                                    ? (flag ? "1" : "0")
                                    : value.scalarText()
                                            .orElseThrow(() -> new BadArguments(List.of(
                                                    "argument 'options': the value of '%s' must be a text or a number"
                                                            .formatted(option))))));
            delete.forEach(edit::delete);
            revert.forEach(edit::revert);
            for (var option : delete) {
                if (Disks.isDisk(found.kind(), option) && !option.startsWith("unused")) {
                    edit.note("the volume of %s is kept as an unused disk".formatted(option));
                }
            }
            if (edit.isEmpty()) {
                throw new BadArguments(List.of("nothing was said to be changed"));
            }
        }

        // PVE parts them by any of these (PVE::Tools::split_list).
        private static List<String> single(String tags) {
            return List.of(tags.strip().toLowerCase(Locale.ROOT).split("[;,\\s]+", 0));
        }

        // Kept as PVE keeps them: in lower case, sorted, without doubles.
        private void tags(Edit edit, List<String> before) {
            var all = new TreeSet<String>();
            var wanted = new LinkedHashSet<>(tags.isEmpty() ? before : tags);
            wanted.addAll(addTags);
            wanted.forEach(tag -> all.addAll(single(tag)));
            removeTags.forEach(tag -> all.removeAll(single(tag)));
            if (all.isEmpty()) {
                edit.delete("tags");
                return;
            }
            edit.set("tags", String.join(";", all));
        }
    }

    record GuestNotes(
            @Doc GuestRef guest,

            @Doc(value = "The notes, in Markdown; empty: none", obvious = true)
            String text,

            @Doc(value = "Keep what is there and add this below", obvious = true)
            boolean append,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Editing {
        @Override
        public void fill(Edit edit, ToolContext ctx) {
            var old = edit.before().get("description").orElse("").stripTrailing();
            var all = append && !old.isEmpty() ? old + "\n\n" + text : text;
            if (Suspicion.SECRET.matcher(text).find()) {
                edit.note("the text looks as if it held a password or key: notes are readable for all who may see the "
                        + "guest, and go into its backups");
            }
            if (all.isBlank()) {
                edit.delete("description");
                return;
            }
            edit.set("description", all);
        }

        /// Compiled when the first notes are written.
        private static final class Suspicion {
            static final Pattern SECRET = Pattern.compile(
                    "(?i)(?:pass(?:word|phrase|wd)?|secret|token|api[_-]?key)\\s*[:=]\\s*\\S+|-----BEGIN [A-Z ]*PRIVATE KEY");
        }
    }

    record GuestCloudInit(
            @Doc GuestRef guest,
            @Doc(value = "User to make", obvious = true) Optional<String> user,

            @Doc(value = "SSH public keys for that user", obvious = true)
            List<String> sshKeys,

            @Doc("secret:FILE") Optional<String> password,

            @Doc("net0: ip=dhcp or ip=10.0.0.5/24,gw=10.0.0.1")
            Optional<String> ipconfig,

            @Doc(value = "DNS servers", obvious = true) List<String> nameserver,

            @Doc(value = "DNS search domain", obvious = true)
            Optional<String> searchdomain,

            @Doc(value = "Upgrade packages at first start", obvious = true)
            Optional<Boolean> upgrade,

            @Doc(value = "For a missing drive", kind = Kind.STORAGE, obvious = true)
            Optional<String> storage,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Editing {
        GuestCloudInit {
            Values.plain("storage", storage);
        }

        @Override
        public void fill(Edit edit, ToolContext ctx) {
            requireVm(edit.guest());
            edit.set("ciuser", user)
                    .set("ipconfig0", ipconfig)
                    .set("searchdomain", searchdomain)
                    .set("ciupgrade", upgrade);
            edit.set(
                    "cipassword",
                    password.map(name -> ctx.vault().named("password", name).reveal()));
            if (!sshKeys.isEmpty()) {
                edit.set("sshkeys", CloudInit.keys(sshKeys));
            }
            if (!nameserver.isEmpty()) {
                edit.set("nameserver", String.join(" ", nameserver));
            }
            boolean hasDrive = Disks.of(GuestKind.VM, edit.before()).stream()
                    .anyMatch(disk -> disk.removable() && disk.volume().contains("cloudinit"));
            if (!hasDrive) {
                var on = Places.storage(ctx.pve(), edit.guest().node(), "images", storage);
                edit.set(Disks.free(edit.before(), "ide"), on + ":cloudinit")
                        .note("a cloud-init drive is added on " + on);
            }
        }

        @Override
        public Edit.Changed run(ToolContext ctx) {
            var edit = new Edit(ctx.pve().guest(guest));
            fill(edit, ctx);
            var changed = edit.make(ctx, timeout);
            if (!changed.next().isEmpty() && changed.changes().isEmpty()) {
                return changed; // Still at it.
            }
            ctx.progress(-1, "writing the cloud-init drive");
            edit.guest().send(Verb.PUT, "/cloudinit", Json.Obj.EMPTY);
            return new Edit.Changed(
                    changed.guest(),
                    changed.outcome() + "; drive written anew",
                    changed.changes(),
                    changed.note(),
                    changed.task(),
                    changed.log(),
                    "the guest reads it at its next start");
        }
    }

    enum CloudInitPart {
        USER,
        NETWORK,
        META
    }

    record CloudInitDump(
            @Doc GuestRef guest,

            @Doc(value = "Which part", or = "user", obvious = true)
            CloudInitPart part) implements Call<CloudInitDump.Dumped>, OnGuest {
        record Dumped(String guest, List<View> data) {}

        @Override
        public Dumped run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            requireVm(found);
            var type = Word.of(part);
            var text = found.read("/cloudinit/dump", Json.obj("type", type))
                    .scalarText()
                    .orElse("");
            var lines = new ArrayList<String>();
            for (var line : text.lines().toList()) {
                lines.add(line.replaceFirst(
                        "^(\\s*(?:-\\s*)?(?:password|passwd|hashed_passwd)\\s*:).*", "$1 " + Secret.MASK));
            }
            return new Dumped(Clean.oneLine(found.toString()), Outcome.quoted("cloud-init " + type, lines));
        }
    }

    private static void requireVm(Guest found) {
        if (found.kind() != GuestKind.VM) {
            throw new BadArguments(List.of(
                    "argument 'guest': %s is a container; cloud-init is for VMs, a container takes its network from pve_guest_nic"
                            .formatted(found)));
        }
    }
}

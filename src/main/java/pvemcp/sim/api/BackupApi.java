package pvemcp.sim.api;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Step;
import pvemcp.sim.task.Work;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Sizes;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.sim.world.VolumeId;

/// `/nodes/{node}/vzdump`: backups of guests (PVE::API2::VZDump, PVE::VZDump).
final class BackupApi {
    private static final String VZDUMP = "/nodes/{node}/vzdump";
    private static final List<String> ROOT_ONLY = List.of("tmpdir", "dumpdir", "script", "job-id");
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyy_MM_dd-HH_mm_ss");
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private BackupApi() {}

    static void add(Routes routes) {
        routes.on(Verb.POST, VZDUMP, BackupApi::backup)
                .on(Verb.GET, VZDUMP + "/defaults", BackupApi::defaults)
                .on(Verb.GET, VZDUMP + "/extractconfig", BackupApi::extractConfig);
    }

    private static String at(DateTimeFormatter format, Instant moment) {
        return format.format(moment.atOffset(ZoneOffset.UTC));
    }

    private static Json backup(Request request) {
        for (var option : ROOT_ONLY) {
            if (request.has(option) && !GuestPaths.isRoot(request)) {
                throw SimError.invalid(option, "Only root may set this option.");
            }
        }
        if (request.flag("all") && request.has("vmid")) {
            throw SimError.invalid("all", "option conflicts with option 'vmid'");
        }
        if (!request.flag("all") && !request.has("vmid") && !request.has("pool") && !request.flag("stop")) {
            throw SimError.invalid("vmid", "property is missing");
        }
        var vmids = selected(request);
        request.require("/storage/" + request.text("storage", "local"), "Datastore.AllocateSpace");
        vmids.forEach(vmid -> request.require("/vms/" + vmid, "VM.Backup"));
        var here = vmids.stream().filter(vmid -> isHere(request, vmid)).toList();
        if (here.isEmpty() && !vmids.isEmpty()) {
            // The guests are on other nodes: nothing to do here, and no task either.
            return Json.str("OK");
        }
        var job = new Job(request, request.find("storage"));
        var steps = new ArrayList<Step>();
        steps.add(Step.act(Duration.ofMillis(300), work -> {
            job.requireStorage();
            work.say("INFO: starting new backup job: vzdump %s".formatted(commandLine(request, here)));
        }));
        here.forEach(vmid -> steps.addAll(job.stepsFor(vmid)));
        steps.add(Step.act(Duration.ofMillis(200), work -> {
            if (job.failed) {
                work.say("INFO: Backup job finished with errors");
                throw new SimError("job errors");
            }
            work.say("INFO: Backup job finished successfully");
        }));
        return request.start("vzdump", vmids.size() == 1 ? vmids.getFirst().toString() : "", steps);
    }

    private static boolean isHere(Request request, int vmid) {
        var guest = request.cluster().guests.get(vmid);
        return guest == null || guest.node.equals(request.node().name());
    }

    private static List<Integer> selected(Request request) {
        if (request.has("pool")) {
            var pool = request.cluster().pools.get(request.text("pool"));
            if (pool == null) {
                throw new SimError("pool '%s' does not exist".formatted(request.text("pool")));
            }
            return List.copyOf(pool.guests);
        }
        if (request.flag("all")) {
            var excluded = request.list("exclude");
            return request.cluster().guests.values().stream()
                    .filter(guest -> guest.node.equals(request.node().name()))
                    .map(Guest::vmid)
                    .filter(vmid -> !excluded.contains(vmid.toString()))
                    .toList();
        }
        return request.list("vmid").stream().map(Integer::valueOf).sorted().toList();
    }

    private static String commandLine(Request request, List<Integer> vmids) {
        var text = new StringBuilder();
        vmids.forEach(vmid -> text.append(text.isEmpty() ? "" : " ").append(vmid));
        request.arguments().members().forEach((key, value) -> {
            if (!key.equals("vmid")) {
                text.append(" --")
                        .append(key)
                        .append(' ')
                        .append(value.scalarText().orElse(""));
            }
        });
        return text.toString();
    }

    /// One call's backups.
    private static final class Job {
        private final Request request;
        private final Optional<String> storageId;
        private boolean failed;

        Job(Request request, Optional<String> storageId) {
            this.request = request;
            this.storageId = storageId;
        }

        private Storage storage() {
            return request.cluster().storage(storageId.orElse("local"));
        }

        void requireStorage() {
            if (storageId.isPresent() && !request.cluster().storages.containsKey(storageId.get())) {
                throw new SimError(("could not activate storage '%1$s': storage '%1$s' does not exist could not get"
                                + " storage information for '%1$s': storage '%1$s' does not exist")
                        .formatted(storageId.get()));
            }
            var storage = storage().requireEnabled(request.node().name());
            if (!storage.holds("backup")) {
                throw new SimError(("could not get storage information for '%1$s': can't use storage '%1$s' for backups"
                                + " - wrong content type")
                        .formatted(storage.id()));
            }
        }

        List<Step> stepsFor(int vmid) {
            var guest = request.cluster().guests.get(vmid);
            if (guest == null) {
                return List.of(Step.act(
                        Duration.ofMillis(100), work -> fail(work, vmid, "unable to find VM '%d'".formatted(vmid))));
            }
            return List.of(
                    Step.act(Duration.ofMillis(200), work -> begin(work, guest)),
                    Step.act(Duration.ofMillis(copyTime(guest)), work -> finish(work, guest)));
        }

        private long copyTime(Guest guest) {
            return 3000 + guest.maxDisk() / (4L << 30) * 1000;
        }

        private void fail(Work work, int vmid, String why) {
            failed = true;
            work.say("ERROR: Backup of VM %d failed - %s".formatted(vmid, why));
            work.say("INFO: Failed at " + at(CLOCK, request.cluster().now()));
        }

        private boolean isGone(Guest guest) {
            return request.cluster().guests.get(guest.vmid()) != guest;
        }

        private void begin(Work work, Guest guest) {
            if (isGone(guest)) {
                return;
            }
            if (guest.lock().isPresent()) {
                fail(
                        work,
                        guest.vmid(),
                        "%s is locked (%s)".formatted(guest.noun(), guest.lock().get()));
                return;
            }
            guest.config.put("lock", "backup");
            var mode = guest.isRunning() ? request.text("mode", "snapshot") : "stop";
            work.say("INFO: Starting Backup of VM %d (%s)".formatted(guest.vmid(), guest.type()));
            work.say("INFO: Backup started at " + at(CLOCK, request.cluster().now()));
            work.say("INFO: status = " + (guest.isRunning() ? "running" : "stopped"));
            work.say("INFO: backup mode: " + mode);
            work.say("INFO: ionice priority: 7");
            work.say("INFO: %s Name: %s".formatted(guest.noun(), guest.name()));
            guest.ownVolumes()
                    .forEach((key, volume) -> work.say(
                            guest.isContainer()
                                    ? "INFO: including mount point %s ('/') in backup".formatted(key)
                                    : "INFO: include disk '%s' '%s' %s"
                                            .formatted(
                                                    key,
                                                    volume,
                                                    guest.disks()
                                                            .get(key)
                                                            .get("size")
                                                            .orElse(""))));
            var name = archiveName(guest, request.cluster().now());
            work.say(
                    storage().type() == StorageType.PBS
                            ? "INFO: creating Proxmox Backup Server archive '%s'"
                                    .formatted(name.substring("backup/".length()))
                            : "INFO: creating vzdump archive '%s'"
                                    .formatted(storage().path(name)));
        }

        private String archiveName(Guest guest, Instant when) {
            if (storage().type() == StorageType.PBS) {
                return "backup/%s/%d/%s".formatted(guest.isContainer() ? "ct" : "vm", guest.vmid(), when.toString());
            }
            var compression = switch (request.text("compress", "0")) {
                case "zstd" -> ".zst";
                case "gzip" -> ".gz";
                case "lzo", "1" -> ".lzo";
                default -> "";
            };
            return "backup/vzdump-%s-%d-%s.%s%s"
                    .formatted(
                            guest.type(),
                            guest.vmid(),
                            at(STAMP, when),
                            guest.isContainer() ? "tar" : "vma",
                            compression);
        }

        private void finish(Work work, Guest guest) {
            if (isGone(guest) || guest.lock().filter("backup"::equals).isEmpty()) {
                return;
            }
            guest.config.remove("lock");
            var now = request.cluster().now();
            long disk = guest.ownVolumes().values().stream()
                    .mapToLong(id -> sizeOf(guest, id))
                    .sum();
            long packed = request.text("compress", "0").equals("0") ? disk / 3 : disk / 6;
            long size = Math.max(4096, packed);
            if (size > storage().available(guest.node)) {
                fail(work, guest.vmid(), "vma_queue_write: write error - No space left on device");
                return;
            }
            var volume =
                    storage().add(guest.node, archiveName(guest, now.minusMillis(copyTime(guest))), size, size, now);
            volume.archivedConfig = BackupConfig.write(guest);
            volume.isProtected = request.flag("protected");
            request.find("notes-template").ifPresent(text -> volume.notes = notes(text, guest));
            var whole = Sizes.human(disk);
            work.say("INFO: 100%% (%s of %s) in 3s".formatted(whole, whole));
            work.say("INFO: archive file size: %s".formatted(Sizes.human(size)));
            prune(work, guest);
            work.say("INFO: Finished Backup of VM %d (00:00:%02d)"
                    .formatted(guest.vmid(), Math.min(59, copyTime(guest) / 1000)));
            work.say("INFO: Backup finished at " + at(CLOCK, now));
        }

        private long sizeOf(Guest guest, VolumeId id) {
            return request.cluster()
                    .storage(id.storage())
                    .volume(guest.node, id.name())
                    .map(volume -> volume.used)
                    .orElse(0L);
        }

        private String notes(String template, Guest guest) {
            return template.replace("{{guestname}}", guest.name())
                    .replace("{{node}}", guest.node)
                    .replace("{{vmid}}", Integer.toString(guest.vmid()))
                    .replace("{{cluster}}", request.cluster().name)
                    .replace("\\n", "\n");
        }

        private void prune(Work work, Guest guest) {
            var keep = request.find("prune-backups")
                    .or(() -> Optional.ofNullable(storage().options.get("prune-backups")));
            boolean remove = request.text("remove", "1").equals("1");
            if (keep.isEmpty() || !remove) {
                return;
            }
            var group = storage().volumes(guest.node).values().stream()
                    .filter(volume -> volume.name().backupKind().equals(guest.type())
                            && volume.name().vmid() == guest.vmid())
                    .toList();
            PruneApi.mark(group, PropertyString.parse(keep.get(), "keep-all")).forEach((volume, mark) -> {
                if (mark.equals("remove")) {
                    var name = volume.name().text();
                    work.say("INFO: removing backup '%s:%s'".formatted(storage().id(), name));
                    storage().remove(guest.node, name);
                }
            });
        }
    }

    private static Json defaults(Request request) {
        var values = new LinkedHashMap<String, Object>();
        request.find("storage").ifPresent(id -> {
            var storage = request.cluster().storage(id);
            values.put("storage", id);
            values.put("dumpdir", storage.mountPath() + "/dump");
            values.put("prune-backups", storage.options.getOrDefault("prune-backups", "keep-all=1"));
        });
        values.putIfAbsent("prune-backups", "keep-all=1");
        values.putIfAbsent("dumpdir", "/var/lib/vz/dump");
        for (var off : List.of("all", "bwlimit", "pigz", "quiet", "stop")) {
            values.put(off, 0);
        }
        values.put("compress", "0");
        values.put("fleecing", Json.obj("enabled", 0));
        values.put("ionice", 7);
        values.put("lockwait", 180);
        values.put("mailnotification", "always");
        values.put("mode", "snapshot");
        values.put("notification-mode", "auto");
        values.put("performance", Json.obj("max-workers", 16, "pbs-entries-max", 1_048_576));
        values.put("remove", 1);
        values.put("stdexcludes", 1);
        values.put("stopwait", 10);
        values.put("zstd", 1);
        return Json.of(values);
    }

    private static Json extractConfig(Request request) {
        return Json.str(Restore.archive(request, request.text("volume")).archivedConfig);
    }
}

package pvemcp.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import pvemcp.lab.FaultProxy.Seen;
import pvemcp.lab.Lab;
import pvemcp.tool.ToolResult;

/// A call of each kind, and which of its requests a fault is to hit.
enum CallKind {
    LIST("GET /cluster/resources") {
        @Override
        ToolResult make(Bench bench, int turn) {
            return bench.lab().call("pve_guest_list");
        }
    },
    ONE("GET /nodes/pve1/qemu/101/status/current") {
        @Override
        ToolResult make(Bench bench, int turn) {
            return bench.lab().call("pve_guest_get", "guest", "101");
        }
    },
    TASK("POST /nodes/pve1/lxc/102/snapshot") {
        @Override
        ToolResult make(Bench bench, int turn) {
            return bench.lab().call("pve_snapshot_create", "guest", "102", "name", "s" + turn);
        }
    },
    PLAIN("POST /pools") {
        @Override
        ToolResult make(Bench bench, int turn) {
            return bench.lab().call("pve_pool_set", "action", "create", "pool", "p" + turn);
        }
    },
    UPLOAD("POST /nodes/pve1/storage/local/upload") {
        @Override
        ToolResult make(Bench bench, int turn) {
            return bench.lab()
                    .call(
                            "pve_storage_upload",
                            "node",
                            "pve1",
                            "storage",
                            "local",
                            "file",
                            "small.iso",
                            "filename",
                            "f" + turn + ".iso");
        }
    },
    DOWNLOAD("GET /nodes/pve1/storage/pbs/file-restore/download") {
        @Override
        ToolResult make(Bench bench, int turn) {
            var lab = bench.lab();
            forget(lab);
            var result =
                    lab.call("pve_backup_extract", "archive", Bench.ARCHIVE, "path", "/root.pxar.didx/etc/hostname");
            if (result instanceof ToolResult.Done && !"dns\n".equals(kept(lab))) {
                throw new AssertionError("it kept another file than the backup has: " + kept(lab));
            }
            return result;
        }

        private static void forget(Lab lab) {
            try {
                Files.deleteIfExists(file(lab));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String kept(Lab lab) {
            try {
                return Files.readString(file(lab));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Path file(Lab lab) {
            return lab.state().resolve("downloads").resolve("hostname");
        }
    },
    WAIT("GET /nodes/pve1/tasks/") {
        @Override
        ToolResult make(Bench bench, int turn) {
            return bench.lab().call("pve_task_wait", "task", bench.task(), "timeout", "1s");
        }
    };

    private final String hit;

    CallKind(String hit) {
        this.hit = hit;
    }

    /// @param turn makes what it makes another one each time
    abstract ToolResult make(Bench bench, int turn);

    boolean isHit(Seen request) {
        return request.toString().startsWith(hit);
    }

    boolean writes() {
        return hit.startsWith("POST");
    }
}

package pvemcp.tools.guest;

import pvemcp.json.Json;
import pvemcp.pve.Bytes;

/// What a VM is given first, whichever way it is made: today's Linux, and disks that each have a thread of their own.
final class NewVm {
    private NewVm() {}

    static Json.Obj params(int vmid, String name, int cores, Bytes memory) {
        return Json.obj(
                "vmid",
                vmid,
                "name",
                name,
                "cores",
                cores,
                "memory",
                Sizes.mebi(memory),
                "ostype",
                "l26",
                "scsihw",
                "virtio-scsi-single");
    }
}

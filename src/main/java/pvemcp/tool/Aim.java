package pvemcp.tool;

import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Upid;
import pvemcp.pve.Verb;

/// What a call would touch, as its inputs name it. `dispatch` turns it into targets before anything is judged.
public sealed interface Aim {
    /// A call on one guest.
    non-sealed interface OnGuest extends Aim {
        GuestRef guest();
    }

    /// A call on several guests.
    non-sealed interface OnSeveral extends Aim {
        List<GuestRef> guests();
    }

    /// A call on what bears a guest's id, whether the guest is there or not: its backups, or itself once it is made.
    /// Empty where PVE is to choose an id.
    non-sealed interface OnVmid extends Aim {
        Optional<Integer> targetVmid();
    }

    /// A call on all guests that fit.
    non-sealed interface OnGuests extends Aim {
        boolean includes(GuestRow row);
    }

    /// A call on one node.
    non-sealed interface OnNode extends Aim {
        String node();
    }

    /// A call on one storage; `node` may be empty where it is shared or does not matter.
    non-sealed interface OnStorage extends Aim {
        String storage();
    }

    /// A call on a task: on the node it runs on and the guest it works on.
    non-sealed interface OnTask extends Aim {
        Upid task();
    }

    /// A call that makes a guest where its inputs leave something open: the next free id, the roomiest storage. The
    /// request it would send as things stand says more than its inputs.
    non-sealed interface OnRequest extends Aim {
        Request request(ToolContext ctx);

        /// @param params with the caller's own options among them
        record Request(Verb verb, String path, Json.Obj params) {}
    }

    /// A call on a path of the PVE API; the schema knows which guest, node or storage stands in it.
    non-sealed interface OnPath extends Aim {
        Verb verb();

        String path();

        /// What is sent along; ids in it are targets too.
        Json.Obj params();
    }
}

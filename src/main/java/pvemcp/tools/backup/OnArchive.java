package pvemcp.tools.backup;

import java.util.Optional;
import pvemcp.tool.Aim.OnStorage;
import pvemcp.tool.Aim.OnVmid;

/// A call about one backup: it touches the storage that has it and the guest that it is of.
interface OnArchive extends OnStorage, OnVmid {
    /// The volume id, as [Archive] reads it.
    String archive();

    @Override
    default String storage() {
        return Archive.parse(archive()).storage();
    }

    @Override
    default Optional<Integer> targetVmid() {
        return Optional.of(Archive.parse(archive()).vmid());
    }
}

package pvemcp.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/// How the ledger comes by its file: [FileChannel#open], and in tests one that fails on order.
interface Opener {
    FileChannel open(Path file, Set<OpenOption> options, FileAttribute<?>... attributes) throws IOException;
}

package pvemcp.tools.smoke;

import static pvemcp.tool.Tool.destroy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.pve.GuestRef;
import pvemcp.schema.ApiSchema;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnNode;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;

/// Does it all work here? Tests on a real cluster, and the removal of what they leave behind.
public final class SmokeTools {
    public static final Toolset SMOKE = Toolset.of(
            "smoke",
            "Tests on a real cluster",
            destroy("pve_smoke", """
                    Test what works here, with write=true by guests of its own.""", Run.class),
            destroy("pve_smoke_cleanup", """
                    Show what smoke tests left behind, and with apply=true remove it.""", Cleanup.class));

    private SmokeTools() {}

    enum Suite {
        READ_ONLY,
        SERVICE,
        LIFECYCLE,
        ROLLBACK,
        BACKUP,
        CLONE;

        boolean writes() {
            return this != READ_ONLY && this != SERVICE;
        }
    }

    record Run(
            @Doc(value = "Where", kind = Kind.NODE, obvious = true)
            String node,

            @Doc(value = "Which", or = "read_only,service") List<Suite> suites,

            @Doc(value = "Allow suites that make and remove guests", obvious = true)
            boolean write,

            @Doc(value = "Container template; default: the smallest", obvious = true)
            Optional<String> template,

            @Doc(value = "For the container", kind = Kind.STORAGE, obvious = true)
            Optional<String> storage,

            @Doc(value = "For suite backup", kind = Kind.STORAGE, obvious = true)
            Optional<String> backupStorage,

            @Doc(value = "VM for suite clone", obvious = true)
            Optional<GuestRef> source,

            @Doc(value = "For what is made", kind = Kind.POOL, obvious = true)
            Optional<String> pool,

            @Doc(value = "For all of it", or = "10m", obvious = true)
            Duration timeout)
            implements Call<Smoke.Result>, OnNode, Tiered {
        Run {
            suites = List.copyOf(suites.isEmpty() ? EnumSet.allOf(Suite.class) : EnumSet.copyOf(suites));
        }

        boolean writes() {
            return suites.stream().anyMatch(Suite::writes);
        }

        @Override
        public Tier tier(ApiSchema schema) {
            var problems = new ArrayList<String>();
            if (writes() && !write) {
                problems.add("argument 'write': %s make and remove guests of their own; write=true allows it"
                        .formatted(suites.stream()
                                .filter(Suite::writes)
                                .map(Word::of)
                                .toList()));
            }
            if (suites.contains(Suite.CLONE) && source.isEmpty()) {
                problems.add("argument 'source': the suite clone needs a VM or template to clone");
            }
            if (!problems.isEmpty()) {
                throw new BadArguments(problems);
            }
            return writes() ? Tier.DESTROY : Tier.READ;
        }

        Set<Suite> chosen() {
            return EnumSet.copyOf(suites);
        }

        @Override
        public Smoke.Result run(ToolContext ctx) {
            return new Smoke(this, ctx).run();
        }
    }

    record Cleanup(@Doc("Remove it") boolean apply) implements Call<SmokeCleanup.Result>, Tiered {
        @Override
        public Tier tier(ApiSchema schema) {
            return apply ? Tier.DESTROY : Tier.READ;
        }

        @Override
        public SmokeCleanup.Result run(ToolContext ctx) {
            return new SmokeCleanup(ctx).run(apply);
        }
    }
}

package pvemcp.tools.api;

import static pvemcp.tool.Tool.destroy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Aim.OnPath;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tool.Undoes;
import pvemcp.tools.common.ApiRequest;
import pvemcp.tools.common.Outcome;
import pvemcp.view.View;

/// Taking back what was done. What a request replaced is in the audit log; the road makes an [Inverse] of it.
public final class UndoTools {
    private static final String NAME = "pve_undo";

    public static final Toolset UNDO = Toolset.of("undo", "Taking back what was done", destroy(NAME, """
                    Take back an earlier change by its exact inverse, where there is one.""", Undo.class));

    private static final Tool<Inverse> INVERSE =
            Tool.execute(NAME, "Makes the request that takes back an earlier one.", Inverse.class);

    private UndoTools() {}

    record Undo(@Doc("Default: your last change") Optional<Integer> line) implements Call<View>, Undoes, Tiered {
        @Override
        public Tool<?> inverse() {
            return INVERSE;
        }

        /// What it comes to is known once its inverse is; that is judged by what it does.
        @Override
        public Tier tier(ApiSchema schema) {
            return Tier.DESTROY;
        }

        @Override
        public View run(ToolContext ctx) {
            throw new IllegalStateException("the road takes the inverse instead");
        }
    }

    /// One request that takes back another, judged as any request of that path is.
    record Inverse(
            @Doc("The method") ApiTools.Method method,
            @Doc(kind = Kind.PATH) String path,
            @Doc("Parameters by name") Json.Obj params,
            @Doc("What it takes back") String summary)
            implements Call<Object>, OnPath, Tiered, Planned {
        @Override
        public Verb verb() {
            return Verb.valueOf(method.name());
        }

        @Override
        public Tier tier(ApiSchema schema) {
            return new ApiRequest(path, params).tier(verb(), schema);
        }

        @Override
        public Preview preview(ToolContext ctx) {
            return new Preview(summary, List.of(), List.of());
        }

        @Override
        public Object run(ToolContext ctx) {
            var answer = ctx.pve().data(verb(), path, params);
            var task = ctx.pve().startedBy(answer);
            return task.isPresent() ? Outcome.of(ctx, task.get(), Duration.ofSeconds(45)) : Outcome.DONE;
        }
    }
}

package pvemcp.tools.api;

import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.read;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Aim.OnPath;
import pvemcp.tool.Arguments;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Operations;
import pvemcp.tool.Secrets;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.ApiAnswer;
import pvemcp.tools.common.ApiRequest;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Passwords;
import pvemcp.view.View;

/// The whole API of PVE in three honest tools: find an operation, read, write.
public final class ApiTools {
    public static final Toolset API = Toolset.of(
            "api",
            "Any operation of the PVE API",
            read("pve_api_search", """
                    Find operations of the PVE API by words, or describe one by its path.""", ApiSearch.class),
            read("pve_api_read", """
                    Call any GET operation of the PVE API that only reads. For what no other tool shows.""", ApiRead.class),
            execute("pve_api_write", """
                    Call any changing operation of the PVE API, and follow its task to the end.""", ApiWrite.class));

    private ApiTools() {}

    enum Method {
        GET,
        POST,
        PUT,
        DELETE
    }

    record ApiSearch(
            @Doc("Such as 'snapshot create', or a path") String query,

            @Doc(value = "Only this method", obvious = true) Optional<Method> method,

            @Doc(value = "Only parameters named like this", obvious = true)
            Optional<String> parameters,

            @Doc(value = "Operations at most", or = "15", min = 1, max = 100, obvious = true)
            int limit)
            implements Call<View> {
        @Override
        public View run(ToolContext ctx) {
            return new ApiGuide(ctx.schema()).find(query, method.map(Method::name), parameters.orElse(""), limit);
        }
    }

    record ApiRead(
            @Doc(kind = Kind.PATH) String path,

            @Doc(value = "Query parameters by name", obvious = true)
            Json.Obj params,

            @Doc(value = "Of a list of objects, only these members", obvious = true)
            List<String> fields,

            @Doc(value = "Rows at most", or = "50", min = 1, max = 1000, obvious = true)
            int limit,

            @Doc(value = "Rows to skip", or = "0", min = 0, obvious = true)
            int offset)
            implements Call<ApiAnswer.Read>, OnPath {
        ApiRead {
            var plain = ApiRequest.of(path, params);
            path = plain.path();
            params = plain.params();
        }

        @Override
        public Verb verb() {
            return Verb.GET;
        }

        @Override
        public ApiAnswer.Read run(ToolContext ctx) {
            var request = new ApiRequest(path, params);
            if (request.tier(verb(), ctx.schema()) != Tier.READ) {
                throw new BadArguments(List.of(
                        "argument 'path': GET %s does more than read (it acts, dials out or hands out secrets); "
                                        .formatted(request.path())
                                + "make it with pve_api_write method=get"));
            }
            Arguments.check(ctx.schema(), verb(), request.path(), request.params());
            var answer = ctx.pve().data(Verb.GET, request.path(), request.params());
            return new ApiAnswer.Read(request.path(), answer, fields, offset, limit);
        }
    }

    record ApiWrite(
            @Doc(value = "The method", obvious = true) Method method,
            @Doc(kind = Kind.PATH) String path,

            @Doc(value = "Parameters by name", obvious = true)
            Json.Obj params,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<Object>, OnPath, Tiered {
        ApiWrite {
            var plain = ApiRequest.of(path, params);
            path = plain.path();
            params = plain.params();
        }

        @Override
        public Verb verb() {
            return Verb.valueOf(method.name());
        }

        private ApiRequest request() {
            return new ApiRequest(path, params);
        }

        @Override
        public Tier tier(ApiSchema schema) {
            return request().tier(verb(), schema);
        }

        @Override
        public Object run(ToolContext ctx) {
            if (makesToken(ctx)) {
                ctx.vault().requireTokens();
            }
            var answer = ctx.pve().data(verb(), path, Passwords.lookedUp(ctx, params));
            var task = ctx.pve().startedBy(answer);
            if (task.isPresent()) {
                return Outcome.of(ctx, task.get(), timeout);
            }
            if (answer == Json.Null.NULL) {
                return Outcome.DONE;
            }
            return handedOver(ctx, answer);
        }

        private boolean makesToken(ToolContext ctx) {
            boolean token = Operations.match(ctx.schema(), verb(), path)
                    .filter(match -> match.operation().path().equals("/access/users/{userid}/token/{tokenid}"))
                    .isPresent();
            return token && (method == Method.POST || (method == Method.PUT && params.has("regenerate")));
        }

        /// What only a person may see goes into a file, with all that came along.
        private View handedOver(ToolContext ctx, Json answer) {
            var open = Secrets.masked(path, answer);
            var view = ApiAnswer.of(path, open, List.of(), 0, 100);
            if (open.equals(answer)) {
                return view;
            }
            var file = ctx.vault().hand("answer", ".json", answer.pretty());
            return View.Stack.of(new View.Text("what is not shown here is in " + file), view);
        }
    }
}

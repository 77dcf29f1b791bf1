package pvemcp.tools.node;

import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.Secret;
import pvemcp.pve.Verb;
import pvemcp.text.Nearest;
import pvemcp.text.Word;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tool.Vault;
import pvemcp.tools.common.Alteration;
import pvemcp.tools.common.ApiAnswer;
import pvemcp.tools.common.Entrusted;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Write;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// Certificates of nodes, and the accounts and plugins by which they are ordered.
public final class CertificateTools {
    public static final Toolset CERTIFICATES = Toolset.of(
            "certificates",
            "Certificates of nodes, ACME",
            read("pve_acme_get", """
                    Show ACME accounts, challenge plugins, authorities, terms, DNS providers.""", AcmeGet.class),
            execute("pve_acme_set", "Create, change or delete an ACME account or challenge plugin.", AcmeSet.class),
            execute(
                    "pve_certificate_set",
                    "Order, renew, revoke, upload or delete a node's certificate.",
                    CertificateSet.class));

    private static final String BASE = "/cluster/acme";

    private CertificateTools() {}

    enum Shows {
        ACCOUNTS,
        PLUGINS,
        AUTHORITIES,
        TERMS,
        PROVIDERS
    }

    /// @param settings the names of its credentials; their values are not for a conversation
    record PluginLine(String plugin, String type, String api, String settings, String delay, String nodes) {
        static PluginLine of(Fields row) {
            var names = new ArrayList<String>();
            row.text("data")
                    .lines()
                    .map(String::strip)
                    .filter(line -> line.indexOf('=') > 0)
                    .forEach(line ->
                            names.add(line.substring(0, line.indexOf('=')).strip() + "=" + Secret.MASK));
            return new PluginLine(
                    Clean.name(row.text("plugin")),
                    Clean.name(row.text("type")),
                    Clean.name(row.text("api")),
                    Clean.line(String.join(", ", names)),
                    Clean.name(row.maybe("validation-delay")
                            .map(seconds -> seconds + " s")
                            .orElse("")),
                    row.flag("disable")
                            ? "none: disabled"
                            : Clean.name(row.maybe("nodes").orElse("all")));
        }
    }

    record Authority(String name, String url) {
        static Authority of(Fields row) {
            return new Authority(Clean.name(row.text("name")), Clean.line(row.text("url")));
        }
    }

    record AcmeGet(
            @Doc(value = "Which", or = "accounts", obvious = true)
            Shows what,

            @Doc(value = "An account, plugin, authority or provider", obvious = true)
            Optional<String> name)
            implements Call<Object> {
        @Override
        public Object run(ToolContext ctx) {
            return switch (what) {
                case ACCOUNTS -> name.isPresent() ? account(ctx, name.get()) : accounts(ctx);
                case PLUGINS ->
                    rows(ctx, "/plugins").stream()
                            .map(PluginLine::of)
                            .filter(row -> name.map(row.plugin()::equals).orElse(true))
                            .toList();
                case AUTHORITIES -> authorities(ctx);
                case TERMS -> terms(ctx);
                case PROVIDERS -> providers(ctx);
            };
        }

        private static Object accounts(ToolContext ctx) {
            return rows(ctx, "/account").stream()
                    .map(row -> Clean.name(row.text("name")))
                    .toList();
        }

        private static View account(ToolContext ctx, String account) {
            return ApiAnswer.of(
                    "ACME account", data(ctx, ApiPath.of("/account/{name}", account), Json.Obj.EMPTY), List.of(), 0, 1);
        }

        private static List<Authority> authorities(ToolContext ctx) {
            return rows(ctx, "/directories").stream().map(Authority::of).toList();
        }

        /// PVE asks whatever address it is given, so it is given none but those it knows itself.
        private View terms(ToolContext ctx) {
            var known = authorities(ctx);
            var wanted =
                    name.orElseGet(() -> known.isEmpty() ? "" : known.getFirst().url());
            var authority = known.stream()
                    .filter(each -> each.url().equals(wanted) || each.name().equalsIgnoreCase(wanted))
                    .findFirst()
                    .orElseThrow(() -> new BadArguments(List.of("argument 'name': '%s' is no authority known here%s"
                            .formatted(
                                    wanted,
                                    Nearest.hint(
                                            wanted,
                                            known.stream().map(Authority::name).toList())))));
            var answer = data(ctx, "/meta", Json.obj("directory", authority.url()));
            return ApiAnswer.of("terms of " + authority.name(), answer, List.of(), 0, 1);
        }

        private Object providers(ToolContext ctx) {
            var all = rows(ctx, "/challenge-schema");
            if (name.isEmpty()) {
                var ids = all.stream().map(row -> Clean.name(row.text("id"))).toList();
                return View.Stack.of(
                        new View.Text("%d DNS providers; name=… shows the settings of one".formatted(ids.size())),
                        new View.Text(String.join(", ", ids)));
            }
            var found = all.stream()
                    .filter(row -> row.text("id").equals(name.get()))
                    .findFirst()
                    .orElseThrow(() -> new BadArguments(List.of("argument 'name': no provider '%s'%s"
                            .formatted(
                                    name.get(),
                                    Nearest.hint(
                                            name.get(),
                                            all.stream()
                                                    .map(row -> row.text("id"))
                                                    .toList())))));
            var schema = found.all().object("schema").orElse(Json.Obj.EMPTY);
            var fields = schema.object("fields").orElse(Json.Obj.EMPTY);
            var lines = new ArrayList<String>();
            lines.add("%s: a file of the owner's has a line KEY=value for each of".formatted(Clean.name(name.get())));
            fields.members()
                    .forEach((key, facts) -> lines.add(Clean.line("%s: %s"
                            .formatted(
                                    key,
                                    facts instanceof Json.Obj about
                                            ? about.text("description").orElse("")
                                            : ""))));
            return fields.isEmpty() ? "PVE does not say which settings it takes" : lines;
        }

        private static List<Fields> rows(ToolContext ctx, String below) {
            return Fields.list(data(ctx, below, Json.Obj.EMPTY));
        }

        private static Json data(ToolContext ctx, String below, Json.Obj params) {
            return ctx.pve().data(Verb.GET, BASE + below, params);
        }
    }

    enum AcmePart {
        ACCOUNT,
        PLUGIN
    }

    record AcmeSet(
            @Doc(value = "What it is", obvious = true) AcmePart what,
            @Doc(value = "What to do", obvious = true) Alteration action,
            @Doc(value = "Its name", obvious = true) String name,

            @Doc("Such as contact, tos_url") Json.Obj options,

            @Doc("secret:FILE") Optional<String> credentials)
            implements Write {
        AcmeSet {
            if (options.has("data")) {
                throw new IllegalArgumentException(
                        "argument 'options': 'data' is for credentials; name their file in 'credentials'");
            }
        }

        @Override
        public Verb verb() {
            return action.verb();
        }

        @Override
        public String path() {
            var list = BASE + (what == AcmePart.ACCOUNT ? "/account" : "/plugins");
            return action == Alteration.CREATE ? list : ApiPath.of(list + "/{id}", name);
        }

        @Override
        public Json.Obj params() {
            if (action != Alteration.CREATE) {
                return options;
            }
            if (what == AcmePart.ACCOUNT) {
                return options.with("name", name);
            }
            var plugin = options.with("id", name);
            return plugin.has("type") ? plugin : plugin.with("type", "dns");
        }

        @Override
        public Outcome run(ToolContext ctx) {
            var params = Entrusted.filled(ctx, params(), List.of("eab-hmac-key"));
            return send(
                    ctx,
                    credentials.isEmpty()
                            ? params
                            : params.with("data", Entrusted.encoded(ctx, "credentials", credentials.get())));
        }
    }

    enum CertificateAction {
        ORDER,
        RENEW,
        REVOKE,
        UPLOAD,
        DELETE
    }

    record CertificateSet(
            @Doc(kind = Kind.NODE) String node,
            @Doc(value = "What to do", obvious = true) CertificateAction action,

            @Doc("secret:FILE") Optional<String> certificate,

            @Doc("secret:FILE") Optional<String> key,

            @Doc(value = "force; restart: use it at once, connections drop", obvious = true)
            Json.Obj options)
            implements Write, Planned {
        private static final Set<CertificateAction> BY_ACME =
                Set.of(CertificateAction.ORDER, CertificateAction.RENEW, CertificateAction.REVOKE);

        CertificateSet {
            if (action == CertificateAction.UPLOAD && certificate.isEmpty()) {
                throw new IllegalArgumentException("argument 'certificate': needed to upload one");
            }
            if (options.has("certificates") || options.has("key")) {
                throw new IllegalArgumentException("argument 'options': certificate and key are inputs of their own");
            }
            for (var given : List.of(certificate, key)) {
                if (given.filter(text -> !text.startsWith(Vault.REFERENCE)).isPresent()) {
                    throw new IllegalArgumentException(
                            "arguments 'certificate', 'key': name files below secrets.directory, as secret:FILE");
                }
            }
        }

        @Override
        public Verb verb() {
            return switch (action) {
                case ORDER, UPLOAD -> Verb.POST;
                case RENEW -> Verb.PUT;
                case REVOKE, DELETE -> Verb.DELETE;
            };
        }

        @Override
        public String path() {
            return ApiPath.of(
                    "/nodes/{node}/certificates" + (BY_ACME.contains(action) ? "/acme/certificate" : "/custom"), node);
        }

        /// As it is judged: what is in the files takes no part in that.
        @Override
        public Json.Obj params() {
            return options;
        }

        @Override
        public Preview preview(ToolContext ctx) {
            var warning = action == CertificateAction.REVOKE
                    ? "a revoked certificate is trusted nowhere any more, and stays revoked"
                    : "who has pinned the fingerprint of %s has to pin another".formatted(Clean.name(node));
            return new Preview(
                    Clean.line("%s the certificate of %s".formatted(Word.of(action), node)),
                    List.of(),
                    List.of(warning));
        }

        @Override
        public Outcome run(ToolContext ctx) {
            if (action != CertificateAction.UPLOAD) {
                return send(ctx, params());
            }
            var params = params().with(
                            "certificates",
                            ctx.vault()
                                    .named("certificate", certificate.orElseThrow())
                                    .reveal());
            if (key.isPresent()) {
                params = params.with("key", ctx.vault().named("key", key.get()).reveal());
            }
            var now = Fields.of(ctx.pve().data(verb(), path(), params));
            var what = "uploaded: %s until %s, fingerprint %s"
                    .formatted(
                            now.text("subject"),
                            now.moment("notafter").map(Object::toString).orElse("an unknown time"),
                            now.text("fingerprint"));
            return new Outcome(
                    Clean.line(what),
                    "",
                    Optional.empty(),
                    List.of(),
                    params.has("restart") ? "" : "pve_node_service service=pveproxy action=restart puts it into use");
        }
    }
}

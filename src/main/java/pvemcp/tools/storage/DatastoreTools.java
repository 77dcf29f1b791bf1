package pvemcp.tools.storage;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.destroy;
import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.read;

import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.Verb;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnNode;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.ApiAnswer;
import pvemcp.tools.common.Page;
import pvemcp.tools.common.Window;
import pvemcp.tools.common.Write;
import pvemcp.view.Clean;

/// How storages are defined, and what comes onto them and leaves them.
public final class DatastoreTools {
    public static final Toolset DATASTORES = Toolset.of(
            "datastores",
            "Storage definitions, downloads, templates, volumes",
            read("pve_storage_config", "List storage definitions, or show one in full.", Config.class),
            execute("pve_storage_scan", """
                    Find what a node could use as storage.""", StorageScan.class),
            execute("pve_storage_create", "Define a storage for the cluster.", Create.class),
            execute("pve_storage_set", "Change a storage definition.", Change.class),
            change("pve_storage_delete", """
                    Remove a storage definition. The data on it stays.""", Remove.class),
            execute("pve_storage_download", """
                    Let a node download an ISO, template or disk image from a URL.""", Download.class),
            change("pve_storage_upload", """
                    Upload an ISO, template or disk image from this server.""", StorageUpload.class),
            read("pve_template_list", "List container templates that can be downloaded.", Templates.class),
            change("pve_template_download", "Download a container template to a storage.", TemplateDownload.class),
            destroy("pve_volume_delete", "Delete a volume: disk, backup, ISO image or template.", VolumeDelete.class));

    private DatastoreTools() {}

    /// A definition in a list.
    ///
    /// @param where what it is made of: a path, a pool, a server with what it exports
    record Definition(String storage, String type, boolean enabled, String content, String nodes, String where) {
        static Definition of(Fields row) {
            var where = new StringBuilder();
            for (var name : List.of("server", "portal", "export", "share", "datastore", "path", "pool", "vgname")) {
                row.maybe(name)
                        .ifPresent(value ->
                                where.append(where.isEmpty() ? "" : " ").append(value));
            }
            return new Definition(
                    Clean.name(row.text("storage")),
                    Clean.name(row.text("type")),
                    !row.flag("disable"),
                    Clean.name(row.text("content")),
                    Clean.name(row.maybe("nodes").orElse("all")),
                    Clean.line(where.toString()));
        }
    }

    record Config(
            @Doc(value = "Only this one, in full", kind = Kind.STORAGE, obvious = true)
            Optional<String> storage,

            Window window)
            implements Call<Object> {
        @Override
        public Object run(ToolContext ctx) {
            if (storage.isPresent()) {
                var path = ApiPath.of("/storage/{storage}", storage.get());
                var found = ctx.pve().data(Verb.GET, path, Json.Obj.EMPTY);
                return ApiAnswer.of(path, found, List.of(), 0, 1);
            }
            var rows = ctx.pve().rows("/storage").stream()
                    .map(Definition::of)
                    .sorted(Comparator.comparing(Definition::storage))
                    .toList();
            return Page.of("storage definitions", Definition.class, rows, this)
                    .counting("type", Definition::type)
                    .sortedBy("storage")
                    .page(window, Definition::storage);
        }
    }

    record Create(
            @Doc(value = "Its new id", obvious = true) String storage,

            @Doc(value = "Such as dir, nfs, lvmthin", obvious = true)
            String type,

            @Doc("Such as path, server") Json.Obj options)
            implements Write {
        @Override
        public Verb verb() {
            return Verb.POST;
        }

        @Override
        public String path() {
            return "/storage";
        }

        @Override
        public Json.Obj params() {
            return options.with("storage", storage).with("type", type);
        }
    }

    record Change(
            @Doc(kind = Kind.STORAGE) String storage,

            @Doc("Such as content, delete") Json.Obj options) implements Write {
        @Override
        public Verb verb() {
            return Verb.PUT;
        }

        @Override
        public String path() {
            return ApiPath.of("/storage/{storage}", storage);
        }

        @Override
        public Json.Obj params() {
            return options;
        }
    }

    record Remove(@Doc(kind = Kind.STORAGE) String storage) implements Write {
        @Override
        public Verb verb() {
            return Verb.DELETE;
        }

        @Override
        public String path() {
            return ApiPath.of("/storage/{storage}", storage);
        }
    }

    enum Content {
        ISO,
        VZTMPL,
        IMPORT
    }

    record Download(
            @Doc(kind = Kind.NODE) String node,
            @Doc(kind = Kind.STORAGE) String storage,

            @Doc(value = "http or https address", obvious = true)
            String url,

            @Doc(value = "What it is", obvious = true) Content content,

            @Doc(value = "Default: the URL's", obvious = true)
            Optional<String> filename,

            @Doc(value = "Such as sha256:HEX", obvious = true)
            Optional<String> checksum)
            implements Write {
        private static final List<String> ALGORITHMS = List.of("md5", "sha1", "sha224", "sha256", "sha384", "sha512");

        @Override
        public Verb verb() {
            return Verb.POST;
        }

        @Override
        public String path() {
            return ApiPath.of("/nodes/{node}/storage/{storage}/download-url", node, storage);
        }

        @Override
        public Json.Obj params() {
            var params = Json.obj(
                    "url", url,
                    "content", Word.of(content),
                    "filename", filename.orElseGet(this::lastOfUrl));
            if (checksum.isPresent()) {
                var parts = checksum.get().split(":", 2);
                if (parts.length != 2 || !ALGORITHMS.contains(parts[0].toLowerCase(Locale.ROOT))) {
                    throw new BadArguments(List.of("argument 'checksum': write it as algorithm:value with one of "
                            + String.join(", ", ALGORITHMS)));
                }
                params = params.with("checksum-algorithm", parts[0].toLowerCase(Locale.ROOT))
                        .with("checksum", parts[1]);
            }
            return params;
        }

        private String lastOfUrl() {
            try {
                var path = Optional.ofNullable(URI.create(url).getPath()).orElse("");
                var last = path.substring(path.lastIndexOf('/') + 1);
                if (!last.isEmpty()) {
                    return last;
                }
            } catch (IllegalArgumentException _) {
                // not an address that names a file
            }
            throw new BadArguments(List.of("argument 'filename': the URL has none, so say one"));
        }
    }

    record TemplateLine(String template, String os, String version, String section, String title) {
        static TemplateLine of(Fields row) {
            return new TemplateLine(
                    // Longer than the names of things usually are, and needed whole for the download.
                    Clean.line(row.text("template")),
                    Clean.name(row.text("os")),
                    Clean.name(row.text("version")),
                    Clean.name(row.text("section")),
                    Clean.name(row.text("headline")));
        }
    }

    record Templates(
            @Doc(kind = Kind.NODE) String node,

            @Doc(value = "Part of the name, such as debian", obvious = true)
            Optional<String> text,

            Window window)
            implements Call<Page>, OnNode {
        @Override
        public Page run(ToolContext ctx) {
            var rows = Fields.list(ctx.pve().node(node).read("/aplinfo", Json.Obj.EMPTY)).stream()
                    .map(TemplateLine::of)
                    .filter(row -> text.map(part ->
                                    row.template().toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT)))
                            .orElse(true))
                    .sorted(Comparator.comparing(TemplateLine::template))
                    .toList();
            return Page.of("templates", TemplateLine.class, rows, this)
                    .counting("section", TemplateLine::section)
                    .sortedBy("template")
                    .brief("template", "os", "version")
                    .page(window, TemplateLine::template);
        }
    }

    record TemplateDownload(
            @Doc(kind = Kind.NODE) String node,
            @Doc(kind = Kind.STORAGE) String storage,

            @Doc(value = "As pve_template_list names it", obvious = true)
            String template)
            implements Write {
        @Override
        public Verb verb() {
            return Verb.POST;
        }

        @Override
        public String path() {
            return ApiPath.of("/nodes/{node}/aplinfo", node);
        }

        @Override
        public Json.Obj params() {
            return Json.obj("storage", storage, "template", template);
        }
    }

    record VolumeDelete(
            @Doc(kind = Kind.NODE) String node,
            @Doc("Such as local:iso/debian.iso") String volume) implements Write {
        @Override
        public Verb verb() {
            return Verb.DELETE;
        }

        @Override
        public String path() {
            int colon = volume.indexOf(':');
            if (colon <= 0) {
                throw new BadArguments(
                        List.of("argument 'volume': write it as storage:name, as pve_storage_content shows it"));
            }
            return ApiPath.of(
                    "/nodes/{node}/storage/{storage}/content/{volume}", node, volume.substring(0, colon), volume);
        }
    }
}

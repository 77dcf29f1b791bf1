package pvemcp.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import pvemcp.config.Config;
import pvemcp.config.ConfigException;
import pvemcp.config.Surroundings;
import pvemcp.gate.Held;
import pvemcp.gate.Redeemed;
import pvemcp.gate.Target;
import pvemcp.gate.Tickets;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.mcp.FuzzedHeaders;
import pvemcp.pve.FuzzedPaths;
import pvemcp.pve.PropertyString;
import pvemcp.pve.Upid;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Tier;
import pvemcp.view.Clean;

/// What reads text that others wrote. Each takes any bytes whatever: it refuses them in the way it says it does, or
/// what it makes of them holds what it promises. Anything else is a bug, and thrown.
enum Grammar {
    JSON(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"x\",\"arguments\":{\"a\":[1,-0.5e3,true,null]}}}",
            "[\"\\u00e4\\ud83d\\ude00\\n\",{\"\":{}},[],1e-9,12345678901234567890]") {
        @Override
        void take(byte[] data) {
            try {
                var tree = Json.parse(data, Json.Limits.DEFAULT);
                var text = tree.write();
                require(Json.parse(text).equals(tree), "what is written reads otherwise: " + text);
            } catch (JsonException _) {
                // Said as promised.
            }
        }
    },
    PATH(
            "/nodes/pve1/qemu/101/config",
            "/nodes/pve1/storage/local/content/local:iso%2Fdebian.iso",
            "/%2e%2e/x",
            "a b") {
        @Override
        void take(byte[] data) {
            FuzzedPaths.take(text(data));
        }
    },
    PROPERTIES("virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=5", "local-lvm:vm-100-disk-0,size=32G", "nfs:100/a=b.raw,,") {
        @Override
        void take(byte[] data) {
            var read = PropertyString.parse(text(data));
            require(PropertyString.parse(read.toString()).equals(read), "reads otherwise: " + read);
        }
    },
    UPID(
            "UPID:pve1:0000A1B2:00C0FFEE:69206F00:qmstop:101:mcp@pve!agent:",
            "UPID:n:00000001:123456789:00000000:a::r@pam:") {
        @Override
        void take(byte[] data) {
            var text = text(data);
            Upid.tryParse(text).ifPresent(upid -> require(upid.toString().equals(text), "prints otherwise: " + text));
        }
    },
    TOML(
            "url = \"https://pve:8006\"\ntoken_id = \"a@pve!b\"\n[policy]\nchange = \"ask\"\n[[policy.rule]]\nanswer = \"deny\"\ntags = [\"prod\"]\n",
            "[clusters.one]\nhost = [\"a\", \"b\"]\n[ssh]\nenabled = true\nport = 22\n") {
        @Override
        void take(byte[] data) {
            configured("pve-mcp.toml", data);
        }
    },
    ENVIRONMENT(
            "PVE_MCP_URL=https://pve:8006\nexport PVE_MCP_TOKEN_ID='a@pve!b'\n# comment\nPROXMOX_HOST=\"x y\"\n",
            "PVE_MCP_POLICY_CHANGE=allow\nPROXMOX_VERIFY_SSL=false\nX=$(id)\n") {
        @Override
        void take(byte[] data) {
            configured(".env", data);
        }
    },
    HEADERS(
            "MCP-Protocol-Version: 2026-07-28\nMcp-Method: tools/call\nMcp-Name: pve_health\n",
            "Mcp-Method: =?base64?dG9vbHMvbGlzdA==?=\nmcp-method: x\nMcp-Param-guest: 101\n") {
        @Override
        void take(byte[] data) {
            FuzzedHeaders.take(text(data));
        }
    },
    TICKET("t3x.AAAAAAAAAAAA.BBBBBBBBBBBBBBBB.CCCCCCCCCCCCCCCCCCCCCC", "1.2.3", "....") {
        private final Held held = new Held(
                "test",
                "pve_guest_delete",
                "default",
                Tier.DESTROY,
                Json.obj("guest", "web"),
                List.of(Target.of(Target.Kind.NODE, "pve1")));

        @Override
        void take(byte[] data) {
            // A key of its own for each: Jazzer looks on while seals are compared, and brings the right one next
            // time.
            var tickets = new Tickets(Clock.systemUTC());
            try {
                var good = tickets.seal(held).text();
                var text = text(data);
                require(tickets.redeem(text, held) instanceof Redeemed.Other, "taken for a ticket: " + text);
                var changed = good.substring(0, Math.floorMod(data.length, good.length())) + text;
                require(
                        changed.equals(good) || !(tickets.redeem(changed, held) instanceof Redeemed.Good),
                        "taken for a ticket: " + changed);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },
    CLEAN(
            "\u001b[31mred\u001b[0m\u202e\u200b\u0007 \ud83d\ude00 \udb40\udc41",
            "a\r\nb\tc\u0085\u2028d",
            "\u009b2J\ue000") {
        @Override
        void take(byte[] data) {
            var text = text(data);
            for (var cleaned : List.of(Clean.name(text), Clean.line(text), Clean.oneLine(text))) {
                require(cleaned.codePoints().noneMatch(Grammar::hides), "hides something: " + cleaned);
            }
            require(Clean.oneLine(Clean.oneLine(text)).equals(Clean.oneLine(text)), "changes when cleaned again");
            require(Clean.note(Clean.note(text)).equals(Clean.note(text)), "changes when cleaned again");
            require(Clean.name(text).length() <= 64 && Clean.line(text).length() <= 1024, "longer than it may be");
        }
    },
    APIDOC(
            "const apiSchema = [{\"path\":\"/version\",\"text\":\"version\",\"leaf\":1,\"info\":{\"GET\":{\"method\":\"GET\",\"name\":\"version\",\"parameters\":{\"additionalProperties\":0},\"returns\":{\"type\":\"object\"}}}}];",
            "var apiSchema = [{path:'/nodes',children:[{path:'/nodes/{node}'}]}] ;") {
        @Override
        void take(byte[] data) {
            try {
                ApiSchema.fromApidoc(text(data), "9.2.1").operations().forEach(operation -> operation.facts());
            } catch (JsonException _) {
                // Said as promised.
            }
        }
    };

    private final List<byte[]> examples;

    Grammar(String... examples) {
        this.examples = Arrays.stream(examples)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /// What it usually reads.
    List<byte[]> examples() {
        return examples;
    }

    abstract void take(byte[] data);

    private static String text(byte[] data) {
        return new String(data, StandardCharsets.UTF_8);
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    private static boolean hides(int c) {
        return Character.isISOControl(c)
                || Character.getType(c) == Character.FORMAT
                || Character.getType(c) == Character.LINE_SEPARATOR
                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
                || Character.getType(c) == Character.SURROGATE;
    }

    /// A configuration of this one file.
    private static void configured(String name, byte[] data) {
        var folder = Scratch.FOLDER;
        try {
            var file = Files.write(folder.resolve(name), data);
            var env = name.endsWith(".toml") ? Map.of("PVE_MCP_CONFIG", file.toString()) : Map.<String, String>of();
            Config.load(new Surroundings(env, folder, folder)).policy();
        } catch (ConfigException _) {
            // Said as promised.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            folder.resolve(name).toFile().delete();
        }
    }

    /// Where files are put that are read at once, made when the first is.
    private static final class Scratch {
        static final Path FOLDER = make();

        private static Path make() {
            try {
                return Files.createTempDirectory("fuzz");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

package pvemcp.dispatch;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedSet;
import pvemcp.tool.Prompt;
import pvemcp.tool.Reserved;
import pvemcp.tool.Resource;

/// What a server with several clusters offers besides its tools, so that what has the same name on two of them can be
/// told apart: the cluster stands in the URIs of resources, and prompts may be about one of them.
final class Namesakes {
    private static final String SCHEME = "pve://";
    private static final String VARIABLE = Reserved.CLUSTER.name();

    private static final String HOW =
            "Lists and reports are of all clusters; other calls find theirs by what they name, or say cluster=NAME.";

    /// More names than this say nothing that the inputs of the tools do not say.
    private static final int MOST = 20;

    private final SequencedSet<String> clusters;

    /// @param clusters more than one
    Namesakes(SequencedSet<String> clusters) {
        this.clusters = clusters;
    }

    /// One for each cluster, or one template for all.
    List<Resource> of(List<Resource> resources) {
        var all = new ArrayList<Resource>();
        for (var resource : resources) {
            if (resource.uri().contains("{")) {
                all.add(named(resource, template(resource), ""));
            } else {
                for (var cluster : clusters) {
                    var encoded =
                            URLEncoder.encode(cluster, StandardCharsets.UTF_8).replace("+", "%20");
                    all.add(named(resource, template(resource).replace("{" + VARIABLE + "}", encoded), ": " + cluster));
                }
            }
        }
        return all;
    }

    /// `pve://guest/{guest}` becomes `pve://{cluster}/guest/{guest}`.
    static String template(Resource resource) {
        return SCHEME + "{" + VARIABLE + "}/" + resource.uri().substring(SCHEME.length());
    }

    private static Resource named(Resource resource, String uri, String whose) {
        var name = whose.isEmpty() ? resource.name() : resource.name() + whose.replace(": ", "-");
        return new Resource(
                uri,
                name,
                resource.title() + whose,
                resource.doc() + whose,
                resource.mimeType(),
                resource.reader(),
                resource.reads());
    }

    List<Prompt> ofPrompts(List<Prompt> prompts) {
        var all = new ArrayList<Prompt>();
        for (var prompt : prompts) {
            var arguments = new ArrayList<>(prompt.arguments());
            arguments.add(Prompt.Argument.or("all of them", VARIABLE, "One cluster; default: all", VARIABLE));
            var template =
                    "%s\nClusters: %s. This is about {%s}. %s".formatted(prompt.template(), names(), VARIABLE, HOW);
            all.add(new Prompt(prompt.name(), prompt.title(), prompt.doc(), arguments, prompt.twins(), template));
        }
        return all;
    }

    String instructions(String before) {
        return "%s\nClusters: %s. %s".formatted(before, names(), HOW);
    }

    private String names() {
        var shown = clusters.stream().limit(MOST).toList();
        return String.join(", ", shown)
                + (shown.size() < clusters.size() ? " and %d more".formatted(clusters.size() - shown.size()) : "");
    }
}

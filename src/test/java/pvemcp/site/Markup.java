package pvemcp.site;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Block;
import org.commonmark.node.Code;
import org.commonmark.node.CustomNode;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlRenderer;

/// Markdown, as this project writes it, to HTML. Thread-safe.
final class Markup {
    private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();

    private Markup() {}

    /// @param link what a link of the Markdown is in the site
    static Rendered render(String markdown, UnaryOperator<String> link) {
        var document = PARSER.parse(markdown);
        var reading = new Reading(link);
        document.accept(reading);
        reading.endSection();
        reading.dropped.forEach(Node::unlink);
        var html = HtmlRenderer.builder()
                .extensions(EXTENSIONS)
                .attributeProviderFactory(_ -> (node, tag, attributes) -> attributes(reading, node, tag, attributes))
                .nodeRendererFactory(CodeBlocks::new)
                .build()
                .render(document)
                // They may be wider than a telephone, and scroll in a box of their own.
                .replace("<table>", "<div class=\"wide\"><table>")
                .replace("</table>", "</table></div>");
        return new Rendered(reading.title, html, reading.sections, reading.links, reading.problems);
    }

    private static void attributes(Reading reading, Node node, String tag, Map<String, String> attributes) {
        if (node instanceof Heading) {
            attributes.put("id", reading.anchors.get(node));
        }
        if (tag.equals("th")) {
            attributes.put("scope", "col");
        }
        if (attributes.containsKey("align")) {
            attributes.put("class", attributes.remove("align"));
        }
    }

    /// Goes over a page once: gives headings their anchors, turns links, and takes the words down for the search.
    private static final class Reading extends AbstractVisitor {
        private final UnaryOperator<String> link;
        private final Anchors names = new Anchors();
        private final IdentityHashMap<Node, String> anchors = new IdentityHashMap<>();
        private final List<Rendered.Section> sections = new ArrayList<>();
        private final List<String> links = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private final List<Node> dropped = new ArrayList<>();
        private String title = "";
        private Rendered.Section open = new Rendered.Section(1, "", "", "");
        private StringBuilder words = new StringBuilder();

        Reading(UnaryOperator<String> link) {
            this.link = link;
        }

        @Override
        public void visit(Heading heading) {
            endSection();
            visitChildren(heading);
            var text = words.toString().strip();
            words = new StringBuilder();
            if (heading.getLevel() > open.level() + 1) {
                problems.add("the heading '%s' skips a level".formatted(text));
            }
            if (heading.getLevel() == 1) {
                if (!title.isEmpty()) {
                    problems.add("a second title, '%s'".formatted(text));
                }
                title = text;
                dropped.add(heading);
                names.of(text);
            } else {
                anchors.put(heading, names.of(text));
            }
            open = new Rendered.Section(heading.getLevel(), anchors.getOrDefault(heading, ""), text, "");
        }

        void endSection() {
            if (!open.heading().isEmpty()) {
                var text = words.toString().replaceAll("\\s+", " ").strip();
                sections.add(new Rendered.Section(open.level(), open.anchor(), open.heading(), text));
            }
            words = new StringBuilder();
        }

        @Override
        public void visit(Link node) {
            links.add(node.getDestination());
            node.setDestination(link.apply(node.getDestination()));
            visitChildren(node);
        }

        @Override
        public void visit(Image image) {
            var place = image.getDestination();
            if (place.matches("[a-z]+:.*") || image.getFirstChild() == null) {
                problems.add("an image from elsewhere or without words: " + place);
            } else {
                image.setDestination(link.apply(place));
            }
            visitChildren(image);
        }

        @Override
        public void visit(HtmlBlock html) {
            drop(html, html.getLiteral());
        }

        @Override
        public void visit(HtmlInline html) {
            drop(html, html.getLiteral());
        }

        private void drop(Node node, String html) {
            dropped.add(node);
            if (!html.startsWith("<!--")) {
                problems.add("raw HTML: " + html);
            }
        }

        @Override
        public void visit(Text text) {
            words.append(text.getLiteral());
        }

        @Override
        public void visit(Code code) {
            words.append(code.getLiteral());
        }

        @Override
        public void visit(FencedCodeBlock block) {
            words.append(' ').append(block.getLiteral()).append(' ');
        }

        @Override
        public void visit(IndentedCodeBlock block) {
            words.append(' ').append(block.getLiteral()).append(' ');
        }

        @Override
        public void visit(SoftLineBreak node) {
            words.append(' ');
        }

        @Override
        public void visit(HardLineBreak node) {
            words.append(' ');
        }

        @Override
        public void visit(CustomNode node) {
            super.visit(node);
            if (node instanceof TableCell) {
                words.append(' ');
            }
        }

        @Override
        protected void visitChildren(Node parent) {
            super.visitChildren(parent);
            if (parent instanceof Block && !(parent instanceof Heading)) {
                words.append(' ');
            }
        }
    }

    /// Blocks of code with room for a button that copies them, and with comments and prompts told apart.
    private static final class CodeBlocks implements NodeRenderer {
        private final HtmlNodeRendererContext context;

        CodeBlocks(HtmlNodeRendererContext context) {
            this.context = context;
        }

        @Override
        public Set<Class<? extends Node>> getNodeTypes() {
            return Set.of(FencedCodeBlock.class, IndentedCodeBlock.class);
        }

        @Override
        public void render(Node node) {
            var html = context.getWriter();
            html.line();
            html.raw(
                    switch (node) {
                        case FencedCodeBlock block -> CodeBlock.of(block.getInfo(), block.getLiteral());
                        case IndentedCodeBlock block -> CodeBlock.of("", block.getLiteral());
                        default -> throw new IllegalArgumentException(node.toString());
                    });
            html.line();
        }
    }
}

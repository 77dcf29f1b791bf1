package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.mcp.Lists.Kind;

class ListsTest {
    private static final About ABOUT = new About("pve-mcp", "Proxmox VE", "1.2.3", "A workshop.");

    private final Workshop workshop = new Workshop();
    private final Lists paged = new Lists(workshop, ABOUT, 4);

    @Test
    void pages_together_are_the_whole_list() {
        for (var revision : Revision.values()) {
            var names = new ArrayList<String>();
            var params = Json.Obj.EMPTY;
            int pages = 0;
            for (boolean more = true; more; pages++) {
                var page =
                        (Json.Obj) Json.parse(paged.page(Kind.TOOLS, new Lists.Reader(revision, false, false), params));
                for (var tool : page.array("tools").orElseThrow().items()) {
                    names.add(((Json.Obj) tool).text("name").orElseThrow());
                }
                more = page.has("nextCursor");
                params = Json.obj("cursor", page.text("nextCursor").orElse(""));
            }
            assertThat(pages).isEqualTo(3);
            assertThat(names)
                    .containsExactlyElementsOf(
                            workshop.tools().stream().map(tool -> tool.name()).toList());
        }
    }

    @Test
    void a_cursor_is_good_for_its_own_list_alone() {
        var page = (Json.Obj) Json.parse(
                paged.page(Kind.TOOLS, new Lists.Reader(Revision.V2025_11_25, false, false), Json.Obj.EMPTY));
        var params = Json.obj("cursor", page.text("nextCursor").orElseThrow());
        assertThatThrownBy(() -> paged.page(Kind.PROMPTS, new Lists.Reader(Revision.V2025_11_25, false, false), params))
                .isInstanceOf(RpcException.class)
                .hasMessageContaining("ask again without a cursor");
        assertThatThrownBy(() -> paged.page(Kind.TOOLS, new Lists.Reader(Revision.V2024_11_05, false, false), params))
                .isInstanceOf(RpcException.class);
    }

    @Test
    void everything_fits_one_page_and_keeps_its_bytes() {
        var lists = new Lists(workshop, ABOUT);
        var first = lists.page(Kind.TOOLS, new Lists.Reader(Revision.V2026_07_28, false, false), Json.Obj.EMPTY);
        assertThat(first).doesNotContain("nextCursor");
        assertThat(lists.page(
                        Kind.TOOLS,
                        new Lists.Reader(Revision.V2026_07_28, false, false),
                        Json.obj("cursor", Json.Null.NULL)))
                .isSameAs(first);
        assertThat(new Lists(new Workshop(), ABOUT)
                        .page(Kind.TOOLS, new Lists.Reader(Revision.V2026_07_28, false, false), Json.Obj.EMPTY))
                .isEqualTo(first);
    }

    @Test
    void a_client_that_asks_its_user_hands_tickets_back_by_itself_and_does_not_pay_for_the_input() {
        for (var revision : Revision.values()) {
            for (var lists : List.of(new Lists(workshop, ABOUT), paged)) {
                var asking = Json.parse(lists.page(
                        Kind.TOOLS, new Lists.Reader(revision, true, false), lastPage(lists, revision, true)));
                var other = Json.parse(lists.page(
                        Kind.TOOLS, new Lists.Reader(revision, false, false), lastPage(lists, revision, false)));
                assertThat(inputs(other, "stop")).contains("confirm", "dry_run");
                assertThat(inputs(asking, "stop")).contains("dry_run").doesNotContain("confirm");
            }
        }
    }

    private static Json.Obj lastPage(Lists lists, Revision revision, boolean canAsk) {
        var params = Json.Obj.EMPTY;
        while (true) {
            var page = (Json.Obj) Json.parse(lists.page(Kind.TOOLS, new Lists.Reader(revision, canAsk, false), params));
            var next = page.text("nextCursor");
            if (next.isEmpty()) {
                return params;
            }
            params = Json.obj("cursor", next.get());
        }
    }

    private static Set<String> inputs(Json page, String name) {
        for (var item : ((Json.Obj) page).array("tools").orElseThrow().items()) {
            var tool = (Json.Obj) item;
            if (tool.text("name").orElseThrow().equals(name)) {
                return tool.object("inputSchema")
                        .flatMap(schema -> schema.object("properties"))
                        .orElseThrow()
                        .members()
                        .keySet();
            }
        }
        throw new AssertionError("no " + name);
    }
}

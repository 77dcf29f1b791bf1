package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
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
                var page = (Json.Obj) Json.parse(paged.page(Kind.TOOLS, revision, params));
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
        var page = (Json.Obj) Json.parse(paged.page(Kind.TOOLS, Revision.V2025_11_25, Json.Obj.EMPTY));
        var params = Json.obj("cursor", page.text("nextCursor").orElseThrow());
        assertThatThrownBy(() -> paged.page(Kind.PROMPTS, Revision.V2025_11_25, params))
                .isInstanceOf(RpcException.class)
                .hasMessageContaining("ask again without a cursor");
        assertThatThrownBy(() -> paged.page(Kind.TOOLS, Revision.V2024_11_05, params))
                .isInstanceOf(RpcException.class);
    }

    @Test
    void everything_fits_one_page_and_keeps_its_bytes() {
        var lists = new Lists(workshop, ABOUT);
        var first = lists.page(Kind.TOOLS, Revision.V2026_07_28, Json.Obj.EMPTY);
        assertThat(first).doesNotContain("nextCursor");
        assertThat(lists.page(Kind.TOOLS, Revision.V2026_07_28, Json.obj("cursor", Json.Null.NULL)))
                .isSameAs(first);
        assertThat(new Lists(new Workshop(), ABOUT).page(Kind.TOOLS, Revision.V2026_07_28, Json.Obj.EMPTY))
                .isEqualTo(first);
    }
}

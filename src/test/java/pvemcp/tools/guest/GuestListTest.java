package pvemcp.tools.guest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.lab.Tokens;
import pvemcp.tool.ToolResult;

class GuestListTest {
    private static Json.Obj data(ToolResult result) {
        return (Json.Obj) that(result).data();
    }

    @Test
    void a_small_cluster_is_shown_whole() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_guest_list", "fields", "id,name,kind,status,node,tags,pool"))
                    .reads("""
                            3 guests: 2 running, 1 stopped; 1 container, 2 vm
                            id|name|kind|status|node|tags|pool
                            100|db|vm|running|pve1|prod|
                            101|web|vm|running|pve1||shop
                            102|dns|container|stopped|pve1||
                            other fields: cpu, cores, mem, max_mem, max_disk, uptime, lock, ha, template""");
        }
    }

    @Test
    void a_misspelt_status_is_not_taken_for_one_that_nobody_has() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_guest_list", "status", "runing"))
                    .reads("0 guests fit status=runing (usual: running, stopped, paused)");
            that(lab.call("pve_guest_list", "status", "paused")).reads("0 guests fit status=paused");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 10_000})
    void a_cluster_of_any_size_costs_at_most_2_000_tokens(int guests) {
        try (var lab = Lab.of(Scenes.fleet(guests))) {
            var result = lab.call("pve_guest_list");
            var text = that(result).isDone().text();
            assertThat(Tokens.count(text)).as(text).isLessThanOrEqualTo(2_000);
            assertThat(data(result).whole("total")).contains((long) guests);
            assertThat(text)
                    .startsWith("%,d guests: ".formatted(guests))
                    .contains("showing 1-90 of %,d by id".formatted(guests));
        }
    }

    @Test
    void counts_are_of_all_that_fit_not_of_the_page() {
        try (var lab = Lab.of(Scenes.fleet(90))) {
            that(lab.call("pve_guest_list", "limit", 2, "node", "pve1", "fields", "id,status"))
                    .reads("""
                            9 guests: 6 running, 3 stopped; 3 container, 6 vm
                            showing 1-2 of 9 by id
                            id|status
                            100|running
                            110|stopped
                            next page: cursor=%s; filters narrow the list
                            other fields: name, kind, node, cpu, cores, mem, max_mem, max_disk, uptime, tags, pool, \
                            lock, ha, template""".formatted(next(lab.call("pve_guest_list", "limit", 2, "node", "pve1"))));
        }
    }

    @Test
    void pages_follow_one_another_though_guests_come_and_go() {
        try (var lab = Lab.of(Scenes.fleet(10))) {
            var first = lab.call("pve_guest_list", "limit", 4, "fields", "id");
            lab.with(cluster -> {
                cluster.guests.remove(101);
                Scenes.vm(cluster, 99_000, "pve1", "late");
            });
            that(lab.call("pve_guest_list", "limit", 4, "fields", "id", "cursor", next(first)))
                    .shows("id\n104\n105\n106\n107\n");
        }
    }

    @Test
    void a_cursor_of_another_list_is_refused() {
        try (var lab = Lab.of(Scenes.fleet(30))) {
            var other = next(lab.call("pve_guest_list", "node", "pve1", "limit", 1));
            for (var cursor : new String[] {other, "bm9uc2Vuc2U", "…"}) {
                that(lab.call("pve_guest_list", "cursor", cursor))
                        .failsWith("bad_arguments")
                        .saying("not a cursor of this list");
            }
        }
    }

    @Test
    void filters_narrow_and_sorting_puts_the_greatest_first() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_guest_list", "kind", "container")).shows("1 guest", "102|dns");
            that(lab.call("pve_guest_list", "kind", "lxc")).shows("1 guest", "102|dns");
            that(lab.call("pve_guest_list", "kind", "ct"))
                    .failsWith("bad_arguments")
                    .saying("did you mean 'container'?");
            that(lab.call("pve_guest_list", "tag", "PROD")).shows("1 guest", "100|db");
            that(lab.call("pve_guest_list", "pool", "shop")).shows("1 guest", "101|web");
            that(lab.call("pve_guest_list", "text", "w")).shows("1 guest", "101|web");
            that(lab.call("pve_guest_list", "status", "paused")).reads("0 guests fit status=paused");
            that(lab.call("pve_guest_list", "sort", "name", "fields", "name")).shows("name\ndb\ndns\nweb");
        }
    }

    @Test
    void a_pattern_chooses_by_the_whole_name_tag_or_id() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_guest_list", "text", "D*")).shows("2 guests", "100|db", "102|dns");
            that(lab.call("pve_guest_list", "text", "?eb")).shows("1 guest", "101|web");
            that(lab.call("pve_guest_list", "text", "10?")).shows("3 guests");
            that(lab.call("pve_guest_list", "text", "b*")).shows("0 guests");
        }
    }

    @Test
    void an_unknown_field_is_answered_with_the_nearest() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_guest_list", "fields", "id,uptme"))
                    .failsWith("bad_arguments")
                    .saying("'uptme' is none of", "did you mean 'uptime'?");
        }
    }

    @Test
    void a_name_cannot_forge_a_row_or_hide_itself() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.with(cluster -> cluster.guests.get(101).config.put("name", "w\u001b[2Je\u202eb\n999|root|vm"));
            that(lab.call("pve_guest_list", "text", "999", "fields", "id,name")).shows("101|web 999¦root¦vm\n");
        }
    }

    private static String next(ToolResult result) {
        return data(result).text("next").orElseThrow();
    }

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }
}

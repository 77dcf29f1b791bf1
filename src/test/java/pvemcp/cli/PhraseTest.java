package pvemcp.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What people type, and the calls that are meant by it.
class PhraseTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    guest_list status=running      | pve_guest_list {"status":"running"}
                    pve_guest_list                 | pve_guest_list {}
                    guest-list                     | pve_guest_list {}
                    Guest List                     | pve_guest_list {}
                    guest list running             | pve_guest_list {"status":"running"}
                    guest list cpu                 | pve_guest_list {"sort":"cpu"}
                    guest list web running vm      | pve_guest_list {"text":"web","status":"running","kind":"vm"}
                    guest list node=pve1 stopped   | pve_guest_list {"node":"pve1","status":"stopped"}
                    guest power web stop           | pve_guest_power {"guest":"web","action":"stop"}
                    guest power stop stop          | pve_guest_power {"guest":"stop","action":"stop"}
                    guest start web                | pve_guest_power {"action":"start","guest":"web"}
                    guest shutdown web dry-run     | pve_guest_power {"action":"shutdown","guest":"web","dry_run":true}
                    guest power many start pool=x  | pve_guest_power_many {"pool":"x","action":"start"}
                    guest_power many start         | pve_guest_power {"guest":"many","action":"start"}
                    guest show web                 | pve_guest_get {"guest":"web"}
                    guest ls                       | pve_guest_list {}
                    node log pve1                  | pve_node_log {"node":"pve1"}
                    task log UPID:x:               | pve_task_get {"task":"UPID:x:"}
                    task list failed limit=2       | pve_task_list {"limit":2,"failed":true}
                    guest file read web /etc/hosts | pve_guest_file_read {"guest":"web","path":"/etc/hosts"}
                    smoke cleanup                  | pve_smoke_cleanup {}
                    why web                        | pve_why {"guest":"web"}
                    api read {"path":"/version"}   | pve_api_read {"path":"/version"}
                    """)
    void words_become_a_call(String typed, String call) {
        var phrase = ToolNames.find(Words.split(typed)).orElseThrow();

        assertThat(phrase.tool().name() + " " + CallArguments.parse(phrase).write())
                .isEqualTo(call);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    guest            | guest what? There are agent, clone,
                    guest lst        | there is no 'guest lst' (did you mean 'guest list'?)
                    guest_lst        | did you mean 'guest_list'?
                    gest list        | did you mean 'guest list'?
                    doctr            | did you mean 'doctor'?
                    xyzzy            | there is no command or tool 'xyzzy':
                    """)
    void a_misspelt_word_is_told_with_the_nearest(String typed, String told) {
        assertThat(ToolNames.unknown(Words.split(typed), List.of("doctor", "audit")))
                .contains(told);
    }

    @Test
    void a_value_too_many_is_said() {
        var phrase = ToolNames.find(Words.split("node get pve1 surplus")).orElseThrow();

        assertThatThrownBy(() -> CallArguments.parse(phrase)).hasMessageContaining("'surplus' is one value more");
    }
}

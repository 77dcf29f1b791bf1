package pvemcp.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "1,guests,1 guest",
        "0,guests,0 guests",
        "12,guests,12 guests",
        "1,entries,1 entry",
        "1,aliases,1 alias",
        "1,causes,1 cause",
        "1,updates for pve1,1 update for pve1",
        "1,backup jobs,1 backup job",
        "10500,volumes on local,'10,500 volumes on local'",
    })
    void one_of_them_is_not_many(long number, String nouns, String said) {
        assertThat(Units.some(number, nouns)).isEqualTo(said);
    }
}

package pvemcp.cli;

import java.util.ArrayList;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `pve-mcp completion bash|zsh|fish`: the script a shell completes command lines with. The script itself knows only
/// the commands; tools, inputs and the names of guests, nodes and storages it asks `pve-mcp __complete` for.
final class CompletionCommand implements Command {
    private final Commands commands;
    private final Console console;

    CompletionCommand(Commands commands, Console console) {
        this.commands = commands;
        this.console = console;
    }

    @Override
    public String name() {
        return "completion";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(
                name(),
                "Print the completion script of a shell.",
                "bash: source <(pve-mcp completion bash)",
                "zsh:  source <(pve-mcp completion zsh)",
                "fish: pve-mcp completion fish | source");
        spec.addPositional(Command.parameter("SHELL", "0", "1", "bash, zsh or fish."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        String shell = parsed.matchedPositionalValue(0, "");
        var names = commands.names();
        var nouns = new ArrayList<>(ToolNames.nouns());
        nouns.removeAll(names);
        var script = switch (shell) {
            case "bash" -> BASH;
            case "zsh" -> ZSH;
            case "fish" -> FISH;
            default ->
                throw new UsageException(
                        "there is no completion for '%s': there are bash, zsh and fish".formatted(shell));
        };
        console.out()
                .print(script.replace("COMMANDS", String.join(" ", names)).replace("TOOLS", String.join(" ", nouns)));
        return Exit.OK;
    }

    // '=' parts words in bash, so what it has cut is put together again and the answer is cut the same way.
    private static final String BASH = """
            _pve_mcp() {
              local line=${COMP_LINE:0:COMP_POINT} word words
              read -ra words <<<"$line"
              [[ $line == *' ' ]] && words+=('')
              word=${words[-1]}
              if (( ${#words[@]} == 2 )); then
                COMPREPLY=($(compgen -W 'COMMANDS TOOLS' -- "$word"))
                return
              fi
              local IFS=$'\\n'
              case ${words[1]} in
                call) COMPREPLY=($("${words[0]}" __complete "${words[@]:2}" 2>/dev/null)) ;;
                tools) COMPREPLY=($("${words[0]}" __complete "${words[@]:2}" 2>/dev/null)) ;;
                completion) COMPREPLY=($(compgen -W $'bash\\nzsh\\nfish' -- "$word")) ;;
                audit) COMPREPLY=($(compgen -W $'verify\\ntail\\nshow\\nexport' -- "$word")) ;;
                *) [[ ' COMMANDS ' == *" ${words[1]} "* ]] \\
                     || COMPREPLY=($("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)) ;;
              esac
              [[ $word == *=* ]] && COMPREPLY=("${COMPREPLY[@]#"${word%=*}="}")
              [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
            }
            complete -F _pve_mcp pve-mcp ./pve-mcp
            """;

    private static final String ZSH = """
            #compdef pve-mcp
            _pve_mcp() {
              local -a found commands=(COMMANDS)
              if (( CURRENT == 2 )); then
                found=($commands TOOLS)
              else
                case ${words[2]} in
                  call) found=("${(@f)$("${words[1]}" __complete "${(@)words[3,CURRENT]}" 2>/dev/null)}") ;;
                  tools) found=("${(@f)$("${words[1]}" __complete "${(@)words[3,CURRENT]}" 2>/dev/null)}") ;;
                  completion) found=(bash zsh fish) ;;
                  audit) found=(verify tail show export) ;;
                  *) (( ${commands[(Ie)${words[2]}]} )) \\
                       || found=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}") ;;
                esac
              fi
              local -a open=(${(M)found:#*=}) whole=(${found:#*=})
              compadd -S '' -a open
              compadd -a whole
            }
            (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
            compdef _pve_mcp pve-mcp
            """;

    private static final String FISH = """
            function __pve_mcp_candidates
                set -l words (commandline -opc) (commandline -ct)
                switch $words[2]
                    case call
                        $words[1] __complete $words[3..] 2>/dev/null
                    case tools
                        $words[1] __complete $words[3..] 2>/dev/null
                    case completion
                        printf '%s\\n' bash zsh fish
                    case audit
                        printf '%s\\n' verify tail show export
                    case '*'
                        contains -- $words[2] COMMANDS
                        or $words[1] __complete $words[2..] 2>/dev/null
                end
            end
            complete -c pve-mcp -f
            complete -c pve-mcp -n 'test (count (commandline -opc)) -eq 1' -a 'COMMANDS TOOLS'
            complete -c pve-mcp -n 'test (count (commandline -opc)) -gt 1' -a '(__pve_mcp_candidates)'
            """;
}

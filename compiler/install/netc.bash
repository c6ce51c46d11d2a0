# bash completion for netc
_netc() {
    local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD - 1]} options=""
    local common="--batch-size --set --help --version"
    COMPREPLY=()
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "run build emit predict export import data check summary graph report help" -- "$word")
        return
    fi
    case $last in
    --dump)
        mapfile -t COMPREPLY < <(compgen -W "syntax model graph autodiff fuse choose layout schedule plan c" -- "$word")
        return
        ;;
    --target)
        mapfile -t COMPREPLY < <(compgen -W "cpu plain gpu" -- "$word")
        return
        ;;
    --tier)
        mapfile -t COMPREPLY < <(compgen -W "auto jit cc" -- "$word")
        return
        ;;
    --device)
        mapfile -t COMPREPLY < <(compgen -W "cpu cuda opencl auto" -- "$word")
        return
        ;;
    --int8)
        mapfile -t COMPREPLY < <(compgen -W "train test" -- "$word")
        return
        ;;
    --data | --web)
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
    --load | --onnx | --resume | --sheet | --output | -o)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --cc)
        mapfile -t COMPREPLY < <(compgen -c -- "$word")
        return
        ;;
    esac
    case ${COMP_WORDS[1]} in
    run)
        options="--epochs --max-steps --seed --threads --lr --data --load --prefix --resume --log-every --quiet --device --tier --cc --verbose --profile --dump $common"
        ;;
    build) options="--output --library --web --load --prefix --embed --archive --train --plain --int8 --data --cc --march --device --static --mpi --keep-c --verbose --profile --dump $common" ;;
    emit) options="--output --target --device --plain --profile --dump $common" ;;
    predict) options="--load --prefix --threads --data --top --outputs --json --csv --device --tier --cc --verbose $common" ;;
    export) options="--onnx --load --prefix --external $common" ;;
    import) options="--input --weights --output --help --version" ;;
    data) options="--max-steps --seed --threads --data --sheet --raw $common" ;;
    check) options="--dump $common" ;;
    summary) options="--torch $common" ;;
    report) options="--output --help --version" ;;
    graph) options="--output --fused --memory $common" ;;
    help)
        mapfile -t COMPREPLY < <(
            compgen -W "run build emit predict export import data check summary graph report layers losses optimizers schedulers initialisers metrics transforms $(
                "${COMP_WORDS[0]}" help names 2>/dev/null)" -- "$word"
        )
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    else
        mapfile -t COMPREPLY < <(
            compgen -f -X '!*.net' -- "$word"
            compgen -d -S / -- "$word"
        )
    fi
}
complete -o nospace -F _netc netc

# tileserver completion for bash
_tileserver() {
  local line tail=${COMP_LINE:0:COMP_POINT} words cur
  read -ra words <<< "$tail"
  [[ $tail == *[[:space:]] ]] && words+=("")
  cur=${COMP_WORDS[COMP_CWORD]}
  [[ $cur == "=" ]] && cur=""
  COMPREPLY=()
  while IFS= read -r line; do
    line=${line%%$'\t'*}
    case $line in
      :files) compopt -o filenames 2> /dev/null; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur") ;;
      :folders) compopt -o filenames 2> /dev/null; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$cur") ;;
      --*=*) COMPREPLY+=("${line#*=}") ;;
      *) COMPREPLY+=("$line") ;;
    esac
  done < <("${COMP_WORDS[0]}" complete -- "${words[@]:1}" 2> /dev/null)
  [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2> /dev/null
  return 0
}
complete -F _tileserver tileserver

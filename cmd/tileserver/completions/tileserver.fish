# tileserver completion for fish
function __tileserver_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in ($words[1] complete -- $words[2..-1] 2> /dev/null)
    switch $line
      case ':files' ':folders'
        __fish_complete_path (commandline -ct)
      case '*'
        echo $line
    end
  end
end
complete -c tileserver -f -a '(__tileserver_complete)'

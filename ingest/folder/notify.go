package folder

import (
	"context"
	"log/slog"
	"os"

	"github.com/fsnotify/fsnotify"
)

// Notify tells of changes under a tree until ctx ends: a path is a file that appeared or changed, "" asks to look at the
// whole tree (a folder appeared, or events were lost). Where the system offers no notices, or no more of them, that is logged
// and looking at the tree from time to time has to do; the channel then stays silent.
func Notify(ctx context.Context, tree Tree, log *slog.Logger) <-chan string {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("no notices of changed files; folders are looked at from time to time", "error", err)
		return nil
	}
	changes := make(chan string)
	n := notifier{tree: tree, log: log, watcher: watcher, changes: changes}
	n.addFolders()
	go n.run(ctx)
	return changes
}

// notifier turns a system's notices about single folders into notices about a tree.
type notifier struct {
	tree    Tree
	log     *slog.Logger
	watcher *fsnotify.Watcher
	changes chan<- string
	refused bool // the system watches no more folders; told once
}

// run passes notices on until ctx ends.
func (n *notifier) run(ctx context.Context) {
	defer n.watcher.Close()
	for {
		var change string
		select {
		case <-ctx.Done():
			return
		case event := <-n.watcher.Events:
			if change = event.Name; !n.matters(event) {
				continue
			}
			if info, err := os.Stat(change); err == nil && info.IsDir() {
				n.addFolders()
				change = "" // files may have come before the folder was watched
			}
		case err := <-n.watcher.Errors: // events were lost
			n.log.Debug("notices of changed files were lost", "error", err)
			n.addFolders()
		}
		select {
		case <-ctx.Done():
			return
		case n.changes <- change:
		}
	}
}

// matters tells whether a notice may mean a file to read. A change of mode does: it may make a file readable.
func (n *notifier) matters(event fsnotify.Event) bool {
	if event.Op&(fsnotify.Create|fsnotify.Write|fsnotify.Chmod) == 0 {
		return false
	}
	_, wanted := n.tree.Wants(event.Name)
	return wanted
}

// addFolders watches all folders of the tree; those that are watched already stay so.
func (n *notifier) addFolders() {
	for _, path := range n.tree.Folders() {
		if err := n.watcher.Add(path); err != nil && !n.refused && !os.IsNotExist(err) {
			n.refused = true
			n.log.Warn("a folder gives no notices of changed files; it is looked at from time to time", "folder", path, "error", err)
		}
	}
}

/*
 * reap COMMAND…: runs the command and fetches the end of all that it leaves behind. Daemons of the command become children of this
 * process instead of init's, so they are found; nobody but it would fetch their end, and who waits for a daemon to be gone would
 * wait for ever. Ends when the command does, with its status.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: reap COMMAND...\n");
    return 2;
  }
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  pid_t command = fork();
  if (command == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    _exit(127);
  }
  /* Those are for the command. */
  signal(SIGTERM, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  for (;;) {
    int status;
    pid_t ended = wait(&status);
    if (ended == command) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (ended < 0 && errno != EINTR) return 1;
  }
}

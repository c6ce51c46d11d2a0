#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fail.h"
#include "system/draft.h"

/* The child under way, to which signals go on, and the one that is to end netc when it is done; and whether a child is
 * the first of a group. */
static volatile sig_atomic_t child, ended_by, grouped;

static void hand_on(int signal_number)
{
    ended_by = signal_number;
    if (child > 0)
        kill(grouped ? -(pid_t)child : (pid_t)child, grouped ? SIGKILL : signal_number);
}

static void catch_signals(bool begin)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    static struct sigaction before[3];
    struct sigaction action = {.sa_handler = hand_on, .sa_flags = SA_RESTART};
    for (int i = 0; i < 3; i++) {
        if (begin)
            sigaction(numbers[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(numbers[i], begin ? &action : &before[i], NULL);
    }
}

void child_group(void)
{
    grouped = true;
    catch_signals(true);
}

bool child_ended(void)
{
    return ended_by != 0;
}

/* A pipe that closes on exec brings errno back from the child. */
int child_run(char *const *words, int in, int out)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC))
        fail_system("cannot make a pipe: %s", strerror(errno));
    if (!grouped)
        catch_signals(true);
    child = fork();
    if (child < 0)
        fail_system("cannot start a process: %s", strerror(errno));
    if (child == 0) {
        if (grouped)
            setpgid(0, 0);
        if ((in < 0 || dup2(in, STDIN_FILENO) >= 0) && (out < 0 || dup2(out, STDOUT_FILENO) >= 0))
            execvp(words[0], words);
        int why = errno;
        if (write(report[1], &why, sizeof why) < 0)
            _exit(126);
        _exit(127);
    }
    close(report[1]);
    if (grouped)
        setpgid((pid_t)child, (pid_t)child);
    if (grouped && ended_by) /* before there was a group */
        kill((pid_t)child, SIGKILL);
    int why = 0, status = 0;
    ssize_t got;
    while ((got = read(report[0], &why, sizeof why)) < 0 && errno == EINTR)
        ;
    close(report[0]);
    while (waitpid((pid_t)child, &status, 0) < 0 && errno == EINTR)
        ;
    child = 0;
    if (!grouped)
        catch_signals(false);
    if (ended_by && !grouped)
        nc_end_by(ended_by);
    if (got == sizeof why) {
        errno = why;
        return -1;
    }
    return status;
}

/* link.c: a switch of links with a set rate and delay, between network namespaces.
 *
 *     cc -O2 tests/bench/link.c -o link
 *     ./link GBIT MICROSECONDS NAMESPACE...
 *
 * In each namespace it makes an interface `wire`, with the address 10.77.0.1 for the first and so forth, and carries
 * packets between these: a packet takes its time on the link of who sends it, then the delay, then its time on the link
 * of who gets it. It prints a line when it is ready, and ends with its input. A rate of 0 is none: what it can carry at
 * all. Root is needed. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* setns, ppoll */
#endif
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST = 64,           /* links */
    PACKET = 65000,      /* bytes of a packet, at most; */
    LEAST_PACKET = 1500, /* or what takes so many ns, but at least this: */
    PACKET_TIME = 100 * 1000,
    QUEUE = 2048,        /* packets on their way to one link */
    AHEAD = 500 * 1000,  /* ns: how much a link may have to send before no more is read from it */
    DESTINATION = 16,    /* where a packet says it */
};

struct packet {
    long long at; /* when it is there */
    int bytes;
    unsigned char data[PACKET];
};

static struct port {
    int tun;
    long long sends, gets; /* until when its link is busy, in each direction */
    struct packet *queue;  /* [QUEUE] to it, a ring */
    int first, count;
} ports[MOST];

static int count, packet_bytes;
static double ns_of_byte;
static long long delay;

static void check(int fine, const char *what)
{
    if (fine)
        return;
    perror(what);
    exit(1);
}

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long later(long long a, long long b)
{
    return a > b ? a : b;
}

/* An interface in a namespace, which this program reads and writes. */
static void open_port(struct port *port, const char *name, int number)
{
    char text[512];
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    snprintf(text, sizeof text, "/var/run/netns/%s", name);
    const int namespace = open(text, O_RDONLY);
    check(namespace >= 0 && setns(namespace, CLONE_NEWNET) == 0, text);
    close(namespace);
    strcpy(request.ifr_name, "wire");
    port->tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    check(port->tun >= 0 && ioctl(port->tun, TUNSETIFF, &request) == 0, "/dev/net/tun");
    snprintf(text, sizeof text, "ip link set lo up; ip address add 10.77.0.%d/24 dev wire; ip link set wire mtu %d up",
             number + 1, packet_bytes);
    check(system(text) == 0, text);
    port->queue = calloc(QUEUE, sizeof *port->queue);
    check(port->queue != NULL, "memory");
}

/* A packet sets out, if there is one and room for it. */
static int take(struct port *from)
{
    static struct packet packet;
    packet.bytes = (int)read(from->tun, packet.data, PACKET);
    if (packet.bytes < DESTINATION + 4)
        return packet.bytes > 0;
    const int to = packet.data[DESTINATION + 3] - 1;
    if (packet.data[0] >> 4 != 4 || to < 0 || to >= count || ports[to].count == QUEUE)
        return 1; /* no packet of ours, or lost */
    struct port *port = &ports[to];
    const long long time = (long long)(packet.bytes * ns_of_byte);
    from->sends = later(from->sends, now()) + time;
    port->gets = later(port->gets + time, from->sends + delay);
    struct packet *place = &port->queue[(port->first + port->count++) % QUEUE];
    place->at = port->gets;
    place->bytes = packet.bytes;
    memcpy(place->data, packet.data, (size_t)packet.bytes);
    return 1;
}

/* Hands over what is there; when the next one will be. */
static long long deliver(struct port *port, long long next)
{
    for (; port->count > 0; port->count--, port->first = (port->first + 1) % QUEUE) {
        const struct packet *packet = &port->queue[port->first];
        if (packet->at > now())
            return packet->at < next ? packet->at : next;
        if (write(port->tun, packet->data, (size_t)packet->bytes) < 0) {
            /* it is lost, as on a link */
        }
    }
    return next;
}

int main(int argc, char **argv)
{
    if (argc < 4 || argc - 3 > MOST) {
        fputs("link GBIT MICROSECONDS NAMESPACE...\n", stderr);
        return 2;
    }
    ns_of_byte = atof(argv[1]) > 0 ? 8 / atof(argv[1]) : 0;
    delay = (long long)(1000 * atof(argv[2]));
    packet_bytes = ns_of_byte * PACKET > PACKET_TIME ? (int)(PACKET_TIME / ns_of_byte) : PACKET;
    if (packet_bytes < LEAST_PACKET)
        packet_bytes = LEAST_PACKET;
    count = argc - 3;
    prctl(PR_SET_TIMERSLACK, 1000UL);
    for (int i = 0; i < count; i++)
        open_port(&ports[i], argv[3 + i], i);
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct pollfd polled[MOST + 1] = {{.fd = STDIN_FILENO, .events = POLLIN}};
        long long next = now() + 1000000000LL;
        for (int i = 0; i < count; i++)
            next = deliver(&ports[i], next);
        for (int i = 0; i < count; i++) {
            const int full = ports[i].sends > now() + AHEAD;
            polled[i + 1] = (struct pollfd){.fd = ports[i].tun, .events = full ? 0 : POLLIN};
            if (full && ports[i].sends - AHEAD < next)
                next = ports[i].sends - AHEAD;
        }
        const long long wait = later(next - now(), 0);
        ppoll(polled, (nfds_t)count + 1, &(struct timespec){wait / 1000000000, wait % 1000000000}, NULL);
        if (polled[0].revents)
            return 0;
        for (int i = 0; i < count; i++)
            for (int some = 0; some < 16 && polled[i + 1].revents & POLLIN && ports[i].sends < now() + AHEAD; some++)
                if (!take(&ports[i]))
                    break;
    }
}

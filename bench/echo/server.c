/* An echo server on epoll, one thread: what a round trip costs if there is nothing between the program and the system.

   It listens on a free port of 127.0.0.1, prints "port N", answers "rest" with "resting", and ends with its standard input. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 4096, BATCH = 256, BACKLOG = 4096 };

struct connection {
    int descriptor;
    size_t length, sent;
    char *pending; /* what the other side did not take yet; nothing is read until it is gone */
};

static int poller;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void watch(int operation, int descriptor, unsigned events, void *who)
{
    struct epoll_event event = {.events = events, .data.ptr = who};
    if (epoll_ctl(poller, operation, descriptor, &event) < 0)
        fail("epoll_ctl");
}

static void close_connection(struct connection *c)
{
    close(c->descriptor);
    free(c->pending);
    free(c);
}

static void accept_all(int listener)
{
    int descriptor, one = 1;
    while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *c = calloc(1, sizeof *c);
        if (c == NULL)
            fail("calloc");
        c->descriptor = descriptor;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(EPOLL_CTL_ADD, descriptor, EPOLLIN, c);
    }
    if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
        fail("accept");
}

/* How much went out; -1 if the connection is lost. */
static ssize_t try_send(struct connection *c, const char *data, size_t length)
{
    ssize_t sent = send(c->descriptor, data, length, MSG_NOSIGNAL);
    return sent >= 0 ? sent : errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static void echo(struct connection *c)
{
    char buffer[BUFFER];
    ssize_t count = recv(c->descriptor, buffer, sizeof buffer, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    ssize_t sent = count > 0 ? try_send(c, buffer, (size_t)count) : -1;
    if (sent < 0) {
        close_connection(c);
        return;
    }
    if (sent < count) {
        c->length = (size_t)(count - sent);
        c->sent = 0;
        c->pending = malloc(c->length);
        if (c->pending == NULL)
            fail("malloc");
        memcpy(c->pending, buffer + sent, c->length);
        watch(EPOLL_CTL_MOD, c->descriptor, EPOLLOUT, c);
    }
}

static void send_pending(struct connection *c)
{
    ssize_t sent = try_send(c, c->pending + c->sent, c->length - c->sent);
    if (sent < 0) {
        close_connection(c);
        return;
    }
    c->sent += (size_t)sent;
    if (c->sent == c->length) {
        free(c->pending);
        c->pending = NULL;
        watch(EPOLL_CTL_MOD, c->descriptor, EPOLLIN, c);
    }
}

static void obey(void)
{
    char line[64];
    if (read(STDIN_FILENO, line, sizeof line) <= 0)
        exit(0);
    puts("resting");
    fflush(stdout);
}

int main(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, BACKLOG) < 0
        || getsockname(listener, (struct sockaddr *)&address, &length) < 0)
        fail("listen");
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0)
        fail("epoll_create1");
    static char listening, orders; /* their addresses tell who is ready */
    watch(EPOLL_CTL_ADD, listener, EPOLLIN, &listening);
    watch(EPOLL_CTL_ADD, STDIN_FILENO, EPOLLIN, &orders);
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);

    struct epoll_event events[BATCH];
    while (1) {
        int ready = epoll_wait(poller, events, BATCH, -1);
        if (ready < 0 && errno != EINTR)
            fail("epoll_wait");
        for (int i = 0; i < ready; i++) {
            void *who = events[i].data.ptr;
            if (who == &listening)
                accept_all(listener);
            else if (who == &orders)
                obey();
            else if (((struct connection *)who)->pending != NULL)
                send_pending(who);
            else
                echo(who);
        }
    }
}

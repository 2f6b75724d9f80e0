/* The client of the echo benchmark: many connections to 127.0.0.1, one message under way on each, as little work as possible,
   since it shares the processors with the server.

       client PORT CONNECTIONS SEED

   It connects, prints "ready", and then obeys lines on its standard input:

       run MILLISECONDS    sends until the time is over (at least one message on each connection), waits for all replies, and prints
                           {"requests":N,"seconds":S,"latencies":[[NANOSECONDS,COUNT],...]}

   The end of its standard input ends it. A reply that is wrong or takes longer than 10 seconds ends it with an error. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    MESSAGE = 1024,
    POOL = 1 << 16,
    PATIENCE_MS = 10000,
    BATCH = 256,
    STEPS = 64, /* buckets for each power of two: a latency is known to 1.6% */
    BUCKETS = (64 - 5) * STEPS,
};

struct connection {
    int descriptor;
    unsigned message;  /* where in the pool it begins */
    unsigned received; /* how much of it came back */
    uint64_t sent_at;
};

/* A message is any piece of it. */
static unsigned char pool[POOL + MESSAGE];
static uint64_t random_state;
static uint64_t histogram[BUCKETS];

static void fail(const char *what)
{
    fprintf(stderr, "echo client: %s: %s\n", what, errno ? strerror(errno) : "wrong");
    exit(1);
}

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* xorshift64* (Marsaglia; Vigna). */
static uint64_t next_random(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 2685821657736338717u;
}

static void count_latency(uint64_t nanoseconds)
{
    unsigned bucket = (unsigned)nanoseconds;
    if (nanoseconds >= STEPS) {
        unsigned exponent = 63u - (unsigned)__builtin_clzll(nanoseconds); /* 6 or more */
        bucket = (exponent - 5) * STEPS + (unsigned)((nanoseconds >> (exponent - 6)) & (STEPS - 1));
    }
    histogram[bucket]++;
}

static uint64_t bucket_start(unsigned bucket)
{
    if (bucket < STEPS)
        return bucket;
    return (uint64_t)(STEPS + bucket % STEPS) << (bucket / STEPS - 1);
}

static void send_message(struct connection *c, uint64_t time)
{
    c->message = (unsigned)(next_random() >> 48); /* below POOL */
    c->received = 0;
    c->sent_at = time;
    errno = 0;
    /* All of it: nothing else is on its way, so the buffer is empty. */
    if (send(c->descriptor, pool + c->message, MESSAGE, MSG_NOSIGNAL | MSG_DONTWAIT) != MESSAGE)
        fail("send");
}

/* Whether the reply is complete. */
static int receive(struct connection *c)
{
    unsigned char buffer[MESSAGE + 1];
    errno = 0;
    ssize_t count = recv(c->descriptor, buffer, sizeof buffer, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN)
        return 0;
    if (count <= 0)
        fail("receive");
    errno = 0;
    if (c->received + count > MESSAGE || memcmp(buffer, pool + c->message + c->received, (size_t)count) != 0)
        fail("reply");
    c->received += (unsigned)count;
    return c->received == MESSAGE;
}

static void run(int poller, struct connection *connections, unsigned count, uint64_t milliseconds)
{
    struct epoll_event events[BATCH];
    uint64_t started = now(), until = started + milliseconds * 1000000u, time = started, requests = 0;
    unsigned under_way = count;
    memset(histogram, 0, sizeof histogram);
    for (unsigned i = 0; i < count; i++)
        send_message(&connections[i], now());
    while (under_way > 0) {
        errno = 0;
        int ready = epoll_wait(poller, events, BATCH, PATIENCE_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            fail(ready < 0 ? "epoll_wait" : "no reply for 10 seconds");
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (!receive(c))
                continue;
            time = now();
            requests++;
            count_latency(time - c->sent_at);
            if (time < until)
                send_message(c, time);
            else
                under_way--;
        }
    }
    printf("{\"requests\":%llu,\"seconds\":%.9f,\"latencies\":[", (unsigned long long)requests, (double)(time - started) / 1e9);
    const char *comma = "";
    for (unsigned i = 0; i < BUCKETS; i++)
        if (histogram[i] > 0) {
            printf("%s[%llu,%llu]", comma, (unsigned long long)bucket_start(i), (unsigned long long)histogram[i]);
            comma = ",";
        }
    printf("]}\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        fail("usage: client PORT CONNECTIONS SEED");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    unsigned count = (unsigned)atoi(argv[2]);
    random_state = strtoull(argv[3], NULL, 10) * 2 + 1;
    for (unsigned i = 0; i < sizeof pool; i++)
        pool[i] = (unsigned char)(next_random() >> 56);

    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }

    struct connection *connections = calloc(count, sizeof *connections);
    int poller = epoll_create1(0), one = 1;
    if (connections == NULL || poller < 0)
        fail("start");
    for (unsigned i = 0; i < count; i++) {
        struct connection *c = &connections[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        c->descriptor = socket(AF_INET, SOCK_STREAM, 0);
        if (c->descriptor < 0 || connect(c->descriptor, (struct sockaddr *)&address, sizeof address) < 0)
            fail("connect");
        if (setsockopt(c->descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, c->descriptor, &event) < 0)
            fail("connect");
    }
    puts("ready");
    fflush(stdout);

    char line[64];
    unsigned long long milliseconds;
    while (fgets(line, sizeof line, stdin) != NULL && sscanf(line, "run %llu", &milliseconds) == 1)
        run(poller, connections, count, milliseconds);
    return 0;
}

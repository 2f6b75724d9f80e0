/* What Expat itself costs: parses a file with callbacks that do nothing, and prints the best and the median time of
   several rounds in milliseconds. The yardstick of the Expat level.
     cc -O2 -o expat bench/expat.c -lexpat && ./expat FILE [ROUNDS]      (Debian: libexpat1-dev) */

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BLOCK = 128 * 1024, MOST_ROUNDS = 1000 };

static void on_start(void *user, const XML_Char *name, const XML_Char **attributes) { (void)user, (void)name, (void)attributes; }
static void on_end(void *user, const XML_Char *name) { (void)user, (void)name; }
static void on_text(void *user, const XML_Char *text, int length) { (void)user, (void)text, (void)length; }

static void parse(const char *path)
{
    static char block[BLOCK];
    XML_Parser parser = XML_ParserCreate(NULL);
    FILE *file = fopen(path, "rb");
    size_t read;
    if (!parser || !file) {
        perror(path);
        exit(2);
    }

    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    do {
        read = fread(block, 1, sizeof block, file);
        if (XML_Parse(parser, block, (int)read, read < sizeof block) != XML_STATUS_OK) {
            fprintf(stderr, "%s:%lu: %s\n", path, (unsigned long)XML_GetCurrentLineNumber(parser), XML_ErrorString(XML_GetErrorCode(parser)));
            exit(1);
        }
    } while (read == sizeof block);

    fclose(file);
    XML_ParserFree(parser);
}

static int by_value(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

int main(int count, char **arguments)
{
    static double times[MOST_ROUNDS];
    int rounds = count == 3 ? atoi(arguments[2]) : 5;
    if (count < 2 || count > 3 || rounds < 1 || rounds > MOST_ROUNDS) {
        fprintf(stderr, "usage: expat FILE [ROUNDS]\n");
        return 2;
    }

    for (int round = 0; round < rounds; round++) {
        struct timespec start, end;
        clock_gettime(CLOCK_MONOTONIC, &start);
        parse(arguments[1]);
        clock_gettime(CLOCK_MONOTONIC, &end);
        times[round] = (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6;
    }

    qsort(times, rounds, sizeof *times, by_value);
    printf("%.3f %.3f\n", times[0], times[rounds / 2]);
    return 0;
}

/* What Expat itself costs: parses files with callbacks that do nothing. The yardstick of the Expat level in
   bench/Scenarios, which compiles and runs it. Reads lines "FILE", parses the file and answers each with the nanoseconds that it
   took and a 0, for nothing is counted. Ends with its input.
     cc -O2 -o expat bench/expat.c -lexpat && echo feed.xml | ./expat      (Debian: libexpat1-dev) */

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BLOCK = 128 * 1024, LONGEST_PATH = 4096 };

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

int main(void)
{
    static char path[LONGEST_PATH];
    while (fgets(path, sizeof path, stdin)) {
        struct timespec start, end;
        path[strcspn(path, "\n")] = '\0';
        clock_gettime(CLOCK_MONOTONIC, &start);
        parse(path);
        clock_gettime(CLOCK_MONOTONIC, &end);
        printf("%lld 0\n", (end.tv_sec - start.tv_sec) * 1000000000LL + (end.tv_nsec - start.tv_nsec));
        fflush(stdout);
    }

    return 0;
}

// Decodes the first message of each file with ecCodes, over and over, and prints the best and the median milliseconds.
#include <eccodes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { rounds = 31 };

static double milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return 1e3 * now.tv_sec + 1e-6 * now.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	double d = *(const double *)a - *(const double *)b;
	return (d > 0) - (d < 0);
}

static void need(int ok, const char *what, const char *path)
{
	if (!ok) {
		fprintf(stderr, "%s: can't %s\n", path, what);
		exit(1);
	}
}

// bench prints one line: file, best, median.
static void bench(const char *path)
{
	int err = 0;
	size_t count = 0;
	double took[rounds];
	FILE *file = fopen(path, "rb");
	need(file != NULL, "open", path);
	codes_handle *message = codes_handle_new_from_file(NULL, file, PRODUCT_GRIB, &err);
	need(message != NULL, "read", path);
	need(codes_get_size(message, "values", &count) == 0, "count the values", path);
	double *values = malloc(count * sizeof *values);
	need(values != NULL, "hold the values", path);
	for (int i = 0; i < rounds; i++) {
		double begun = milliseconds();
		need(codes_get_double_array(message, "values", values, &count) == 0, "decode", path);
		took[i] = milliseconds() - begun;
	}
	qsort(took, rounds, sizeof *took, ascending);
	printf("%s %.3f %.3f\n", path, took[0], took[rounds / 2]);
	free(values);
	codes_handle_delete(message);
	fclose(file);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		bench(argv[i]);
	return 0;
}

# A small image with the static program and nothing else; it runs as nobody and serves the demo until told otherwise:
#   docker build -t isobar . && docker run --rm -p 8080:8080 isobar
#   docker run --rm -p 8080:8080 -v "$PWD/forecasts:/forecasts:ro" -v isobar:/data isobar serve /forecasts --data /data
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /tileserver ./cmd/tileserver \
 && mkdir -p /rootfs/tmp /rootfs/data && chmod 1777 /rootfs/tmp && chown 65534:65534 /rootfs/data

FROM scratch
COPY --from=build /rootfs /
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /tileserver /tileserver
USER 65534:65534
ENV ISOBAR_LISTEN=0.0.0.0:8080
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=2m --retries=3 CMD ["/tileserver", "healthcheck"]
ENTRYPOINT ["/tileserver"]
CMD ["demo"]

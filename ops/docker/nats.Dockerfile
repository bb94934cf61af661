# The broker with Atoll's accounts (ops/nats), not as root; its passwords come from files.
ARG NATS_IMAGE=nats:2.10.22-alpine
FROM ${NATS_IMAGE}
USER root
RUN mkdir -p /data && chown 1000:1000 /data
COPY ops/nats /etc/atoll/nats
COPY ops/docker/nats.conf /etc/atoll/nats.conf
COPY ops/docker/start-nats.sh /etc/atoll/start-nats.sh
USER 1000:1000
VOLUME ["/data"]
ENTRYPOINT ["sh", "/etc/atoll/start-nats.sh"]

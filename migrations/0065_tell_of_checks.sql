-- +goose Up
INSERT INTO notice_kinds VALUES ('check_called'), ('check_opened'), ('check_confirmed'), ('appeal_asked'), ('appeal_decided'), ('item_assigned'), ('item_reopened');

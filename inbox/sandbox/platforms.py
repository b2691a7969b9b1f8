"""PC01: the features of a marketplace."""

from inbox.sandbox.call import Call
from inbox.sandbox.wire import Json
from inbox.sandbox.world import Marketplace

MODEL = {"drop_ship": False, "marketplace": True, "one_creditor": False}


def configuration(call: Call) -> Json:
    """PC01"""
    market = call.market
    return {
        "features": _features(market) | _of_offers(market),
        "modules": {
            "mirakl_catalog_integrator": True,
            "mirakl_catalog_manager": False,
            "mirakl_catalog_transformer": False,
            "mirakl_platform_services": True,
            "offer_management": True,
            "order_management": True,
            "promotions": True,
            "quotes": False,
            "tax_manager": {
                "activated": False,
                "tax_provider": {"avalara": False, "vertex": False},
            },
        },
        "platform_configuration": {
            "customer_model": {"b2b": True, "b2c": True},
            "enhanced_seller_invoicing": {"enabled": False},
            "platform_model": MODEL,
        },
        "platform_name": market.name,
        "tenant_name": f"{market.slug}-demo",
        "timezone": "Europe/Paris",
    }


def _features(market: Marketplace) -> Json:
    """Returns the features of orders. Bright Street has no "no reply needed"."""
    is_taxed = bool(market.tax_rate)
    return {
        "circular_economy_data_collection": False,
        "direct_payment_customer_store": {"activated": False, "refund_cancel_authorized": False},
        "disable_seller_alternative_carrier": False,
        "dropship": {},
        "kyc_status_per_seller": False,
        "multi_payout_psp_per_seller": False,
        "no_reply_needed": market.slug != "bright-street",
        "order_tax_mode": "TAX_EXCLUDED" if is_taxed else "TAX_INCLUDED",
        "order_workflows": {
            "no_customer_payment_confirmation": False,
            "order_acceptance": "NOT_AUTOMATIC",
            "pause_debit_workflow": False,
            "pay_on_due_date": True,
            "pay_on_shipment": False,
            "sellers_edit_shipping_origin": False,
            "shipping_and_billing_details_before_acceptance": False,
        },
        "payment_confirmation": False,
        "returns": MODEL,
        "shipment": {"multi_part_item_shipment": False, "multi_shipment": market.has_parcels},
        "shop_tax_options": {"tax_identification_number": {"mandatory": is_taxed}},
        "tax_collection": {
            "activated": "NO",
            "product_tax_code_mandatory": False,
            "tax_collection_by_operator": False,
        },
        "tax_id_number": {"mandatory": is_taxed},
        "warehouses": {"geolocation": False, "restricted_countries": []},
    }


def _of_offers(market: Marketplace) -> Json:
    """Returns the features of products, offers and prices."""
    has_channels = len(market.channels) > 1
    return {
        "catalog": {
            "allow_shop_contribution_to_all_channels": has_channels,
            "exclude_invalid_products": True,
            "list_of_multiple_values_separator": "|",
            "product_acceptance_by_channel": has_channels,
            "product_data_validation_by_channel": has_channels,
            "product_import_only_on_leaf": True,
        },
        "competitive_pricing_tool": False,
        "lead_time_to_ship_by_sellers_enabled": "YES",
        "multi_currency": False,
        "offer_prices_decimals": "2",
        "operator_csv_delimiter": "SEMICOLON",
        "order_conditions": {
            "lead_time_to_ship": True,
            "maximum_order_quantity": False,
            "minimum_order_quantity": False,
            "package_order_quantity": False,
        },
        "pricing": {
            "channel_pricing": "DISABLED",
            "discount_period_required": False,
            "discount_price_creation_in_the_past_blocked": False,
            "scheduled_pricing": False,
            "volume_discount": True,
            "volume_pricing": False,
        },
        "product_data_validation_by_channel": has_channels,
        "promotion": {
            "cart_promotion_campaign": False,
            "discount_campaign": False,
            "seller_promotion": True,
        },
    }
